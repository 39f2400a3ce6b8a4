/** Everyday words of three to eight letters, to read and to be asked for. */
export const WORDS: readonly string[] = `
ant arm art ask axe bag ball band bank barn base bath bean bear bed bee bell belt bike bird blue boat body bone book
boot bowl box boy brick bread bridge brown brush bus cab cake camp candle cap car card cart castle cat chain chair chalk
cheese cherry chess child city clay clock cloud club coal coat code coin cold comb cook copper coral corn cotton cow
crab crown cup curve dance dark dawn deer desk dice dish dog door dot dove dream dress drum duck dust eagle ear earth
echo egg elbow engine eye face farm feather fence field film finger fire fish flag flame floor flower flute fog food foot
forest fork fox frame frog fruit game garden gate ghost gift glass globe glove goat gold grape grass green guitar hair
hall hammer hand harbour hat hawk heart hedge hen hill honey hood hook horse house ice ink iron island ivory jacket jam
jar jet jewel jug juice jungle key king kite kitten knee knife knot ladder lake lamp land lane leaf lemon letter light
lily lime lion lip lizard lock log lorry magnet mango map marble mask meadow melon metal milk mill mirror mist mole money
monkey moon moss mother moth motor mountain mouse mouth music nail name neck needle nest net night north nose note nut
oak ocean office oil olive onion orange orchard otter oven owl paint palace palm panda paper park party path pea peach
pear pearl pen pencil pepper piano pig pillow pin pine pipe planet plant plate plum pocket poem pond pony pool pot prize
pump purple queen quilt quiz rabbit radio rain ranch raven red ribbon rice ring river road robin rock roof room root rope
rose ruler sack salt sand school sea seed shadow sheep shelf shell ship shirt shoe silk silver sister sky sleep smoke
snail snow soap sock soil song soup south spider spoon spring square stamp star steam stone storm story straw street sugar
summer sun swan table tail tea tent thread thumb tiger time toad toast tomato tooth torch tower town toy train tray tree
truck tulip tunnel turtle umbrella valley vase velvet village violin voice wagon wall water wave wax web west whale wheat
wheel white wind window wing winter wire wolf wood wool world yard yarn year yellow yoga zebra zero zinc zoo`
  .trim()
  .split(/\s+/);
