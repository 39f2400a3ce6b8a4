r"""Answers of the kinds models give on MATH-500, GSM8K, MathVista and geometry, written to measure generalisation.

Each round was written, and judged by math_verify, before our grader was run on it; docs/grading.md says how many it got
right then. By kind: (right, given, whether a careful person takes the second for the first). `RESPONSES` are whole
responses, read by each grader's own extraction. The second round was written after the grader had learned from the
first, the third after it had learned from both. The fourth and the fifth are whole responses: Chinese ones, characters that
stand for others (forms of full width, indices, fractions in one sign), headings, units and money. The fifth has what the
fourth made likely to go wrong.
"""

from __future__ import annotations

Pairs = list[tuple[str, str, bool]]

FIRST_ANSWERS: dict[str, Pairs] = {
    "fractions": [
        (r"\frac{3}{56}", r"\dfrac{3}{56}", True), (r"\frac{243}{625}", r"\left(\frac{3}{5}\right)^5", False), (r"\frac{35}{64}", "0.546875", True),
        (r"\frac 59", "5/9", True), (r"\frac{5}{9}", r"\frac{10}{18}", True), (r"-\frac{5}{8}", r"\dfrac{-5}{8}", True), (r"\frac{1}{12}", "0.0833", False),
        (r"\frac{5}{9}", r"\frac{9}{5}", False), (r"\frac{11}{36}", r"\frac{11}{35}", False), (r"\frac{13}{204}", "13/204", True),
        (r"\frac{-3}{7}", "-3/7", True), (r"\frac{1}{221}", r"1/221", True), (r"\frac{2}{5}", r"{2 \over 5}", True),
    ],
    "mixed numbers": [
        (r"1\frac{4}{5}", r"\frac{9}{5}", True), (r"1\frac{4}{5}", "1.8", True), ("2.25", r"2 \frac{1}{4}", True), (r"\frac{29}{4}", r"7\dfrac{1}{4}", True),
        (r"1\frac{4}{5}", r"\frac{4}{5}", False), (r"-1\frac{1}{2}", "-1.5", True), (r"3\frac{3}{8}", r"\frac{33}{8}", False),
    ],
    "surds": [
        (r"3\sqrt{13}", r"\sqrt{117}", True), (r"\sqrt{51}", r"\sqrt{51}", True), (r"11\sqrt2", r"11\sqrt{2}", True), (r"\frac{\sqrt{21}}{3}", r"\sqrt{\frac{7}{3}}", True),
        (r"2\sqrt{5}", "4.4721", False), (r"3\sqrt{13}", r"13\sqrt{3}", False), (r"1+\sqrt{3}", r"\sqrt{3}+1", True), (r"\frac{1+\sqrt{5}}{2}", r"\frac{1}{2}+\frac{\sqrt{5}}{2}", True),
        (r"6\sqrt[3]{2}", r"\sqrt[3]{432}", True), (r"\sqrt{7}+\sqrt{3}", r"\sqrt{10}", False), (r"8\sqrt{2}-4", r"4(2\sqrt{2}-1)", True),
        (r"\frac{5\sqrt{3}}{3}", r"\frac{5}{\sqrt{3}}", True), (r"\sqrt{6}-\sqrt{2}", r"\sqrt{8-4\sqrt{3}}", True), (r"25\sqrt{3}", r"\frac{25\sqrt{3}}{1}", True),
        (r"\frac{3\sqrt{7}}{7}", r"\frac{3}{7}\sqrt{7}", True), (r"2\sqrt{3}", r"\sqrt{3}^2", False), (r"48+12\sqrt{3}", r"12\sqrt{3}+48", True), (r"4^{1/3}", r"\sqrt[3]{4}", True),
    ],
    "intervals": [
        (r"(3,4]", r"\left(3, 4\right]", True), (r"[-2,7]", r"x \in [-2,7]", True), (r"[-2,7]", r"-2\le x\le 7", True), (r"(-\infty,2)\cup(3,\infty)", r"(-\infty, 2) \cup (3, +\infty)", True),
        (r"(-\infty,2)\cup(3,\infty)", r"(-\infty,2]\cup[3,\infty)", False), (r"(5,\infty)", "x > 5", True), (r"(5,\infty)", r"[5,\infty)", False), (r"[0,\frac{1}{2}]", "[0, 0.5]", True),
        (r"(-\infty,-5]\cup[5,\infty)", r"(-\infty, -5] \cup [5, \infty)", True), (r"(3,4]", "(3,4)", False), (r"\left(-\frac{1}{3},\frac{5}{7}\right]", r"(-1/3, 5/7]", True),
        (r"x\ge -3", r"[-3,\infty)", True), (r"x \leq 2", r"x \le 2", True), ("x>2", "2<x", True), (r"-1<x<4", "(-1,4)", True), (r"(-\infty,\infty)", r"\mathbb{R}", True),
        (r"[2,5)", r"2 < x \le 5", False), (r"\left[-\sqrt{3},\sqrt{3}\right]", r"[-\sqrt{3}, \sqrt{3}]", True), (r"(0,1)\cup(1,2)", "(0,2)", False),
    ],
    "sets and lists": [
        ("1,-2", "-2,1", True), ("3, 5, 7", "3,5,7", True), ("3, 5, 7", "7, 5 and 3", True), (r"\{1\pm\sqrt{5},-2\}", r"1+\sqrt{5}, 1-\sqrt{5}, -2", True),
        (r"1\pm\sqrt{19}", r"1 \pm \sqrt{19}", True), (r"1\pm\sqrt{19}", r"1+\sqrt{19}", False), ("3, 5, 7", "3, 5", False), ("3, 5, 7", "3, 5, 8", False),
        (r"\frac{1}{2}, 1, 3", "0.5, 1, 3", True), ("-3,3", r"x=\pm 3", True), (r"x=1\text{ or }x=4", "1,4", True), ("2, 5", r"x=2 \text{ or } x=5", True),
        ("2, 5", "x=2, x=5", True), (r"\{-1,0,1\}", r"\{0,1,-1\}", True), (r"\{-1,0,1\}", r"\{-1,1\}", False), (r"120^\circ, 240^\circ", "120, 240", True),
        (r"\{2,4,6\}", r"\left\{2, 4, 6\right\}", True), ("1,2,3,4", "4,3,2,1", True), ("0,7", "0, -7", False), (r"\{\sqrt{2}\}", r"\sqrt{2}", True), ("4, 6, 14, 15", "4,6,14,15", True),
    ],
    "tuples": [
        (r"\left(\frac{3}{2},-13\right)", "(1.5, -13)", True), ("(0,9)", r"\left( 0, 9 \right)", True), ("(0,9)", "(9,0)", False), (r"(3,\frac{\pi}{2})", r"\left(3,\frac{\pi}{2}\right)", True),
        ("(-2,1)", "(-2, 1)", True), ("(-2,1)", "x=-2, y=1", True), ("(6,31,-1)", "(6, 31, -1)", True), ("(6,31,-1)", "(6,31,1)", False), (r"(2,\sqrt{12})", r"(2,2\sqrt{3})", True),
        ("(15,-29)", r"\boxed{(15,-29)}", True), ("(4,3)", r"(x,y)=(4,3)", True), (r"\left(-\frac{3}{4},\frac{1}{2}\right)", r"(-0.75,0.5)", True), ("(1,4)", "14", False),
        (r"(r,\theta)=(2,\frac{\pi}{3})", r"(2,\pi/3)", True), ("(3,3,-4)", "(3,3)", False),
    ],
    "matrices": [
        (r"\begin{pmatrix} -\frac{1}{3} \\ \frac{2}{3} \\ \frac{5}{3} \end{pmatrix}", r"\begin{pmatrix} -1/3 \\ 2/3 \\ 5/3 \end{pmatrix}", True),
        (r"\begin{pmatrix} 16/49 & 48/49 \\ 9/49 & 27/49 \end{pmatrix}", r"\begin{bmatrix} \frac{16}{49} & \frac{48}{49} \\ \frac{9}{49} & \frac{27}{49} \end{bmatrix}", True),
        (r"\begin{pmatrix} 2 & 0 \\ 0 & 2 \end{pmatrix}", r"\begin{pmatrix} 2 & 0 \\ 0 & -2 \end{pmatrix}", False), (r"\begin{pmatrix} 0 & 0 \\ 0 & 0 \end{pmatrix}", r"\left(\begin{array}{cc} 0 & 0 \\ 0 & 0 \end{array}\right)", True),
        (r"\begin{pmatrix} 1 \\ -2 \\ 3 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \\ 3 \end{pmatrix}", False), (r"\begin{pmatrix} 5 & -3 \\ 1 & 4 \end{pmatrix}", r"\begin{pmatrix}5&-3\\1&4\end{pmatrix}", True),
        (r"\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix}", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6 \end{pmatrix}", False),
    ],
    "percent": [
        (r"12.5\%", r"12.5\%", True), (r"20\%", r"20 \%", True), (r"20\%", r"\frac{1}{5}", True), (r"75\%", r"0.75", True), ("150", r"150\%", True), (r"20\%", "200", False), (r"37.5\%", r"\frac{3}{8}", True), (r"8\%", r"18\%", False),
        (r"16\frac{2}{3}\%", r"\frac{1}{6}", True), ("25", r"25\text{ percent}", True), ("60", r"60\text{\%}", True),
    ],
    "units": [
        (r"8\text{ cm}", "8", True), ("17", r"17\text{ cm}", True), (r"7\text{ square feet}", r"7\text{ ft}^2", True), ("36", r"36\pi", False), (r"36\pi", r"36\pi\text{ cm}^2", True), ("24", r"24 \text{ square centimeters}", True),
        ("6", r"6 \mathrm{~cm}", True), ("60", r"60\text{ mph}", True), ("1.5", r"1.5\,\text{m}", True), (r"9.8\ \mathrm{m/s^2}", "9.8", True), ("500", r"500 \text{ mL}", True), (r"12\text{ feet}", r"12\text{ inches}", False),
        ("18", r"\$18", True), ("18.90", r"\$18.90", True), (r"\$32,\!348", "32348", True), (r"\$32,\!348", r"\$32348.00", True), (r"\$1.25", "125", False), ("4", r"4\text{ eggs}", True), ("70", r"70\text{ dollars}", True), ("45", r"45 \text{ minutes}", True),
        (r"5\text{ kg}", r"5\text{ g}", False), ("20", r"20\text{ units}^2", True), ("3", r"3\text{ pairs of shoes}", True), (r"64\text{ ounces}", "64", True),
    ],
    "thousands": [
        ("2220", "2,220", True), ("10080", r"10{,}080", True), (r"11,\!111,\!111,\!100", "11111111100", True), ("13535", "13,535", True), ("3,500,000", "3500000", True), ("10080", "1,080", False), ("125000", "125,00", False), ("1{,}250", "1250.0", True), ("7,005", "75", False),
        ("1 000 000", "1000000", True),
    ],
    "scientific notation": [
        (r"6.72\times 10^{-5}", "0.0000672", True), (r"3\times 10^8", "300000000", True), (r"3 \times 10^{8}", r"3\cdot10^8", True), (r"1.2\times10^{4}", "12000", True), (r"1.2\times10^{4}", "1200", False), ("10^{10}", "10000000000", True),
        (r"5\times 10^{-3}", "5e-3", True), (r"2.0\times10^{3}", r"2\times10^{-3}", False),
    ],
    "degrees": [
        (r"120^\circ", "120", True), ("35", r"35^{\circ}", True), (r"120^\circ", r"120\text{ degrees}", True), (r"120^\circ", r"60^\circ", False), ("72", r"72°", True), (r"\angle B = 65^\circ", r"65^\circ", True), (r"22.5^\circ", "22.5", True),
        (r"\frac{\pi}{3}", r"60", False), ("110", r"m\angle ABC = 110^\circ", True),
    ],
    "text": [
        (r"\text{Evelyn}", "Evelyn", True), (r"\text{Evelyn}", r"\text{Angela}", False), (r"\text{even}", r"\textbf{even}", True), (r"\text{even}", r"\text{odd}", False), (r"\text{ellipse}", r"\text{Ellipse}", True), (r"\text{ellipse}", r"\text{hyperbola}", False),
        (r"\text{Yes}", "yes", True), (r"\text{No}", r"\text{Yes}", False), (r"\text{Navin}", r"\mathrm{Navin}", True), (r"\text{undefined}", r"\text{undefined}", True), (r"\text{no solution}", r"\text{No solution}", True), (r"\text{June 20}", r"\text{June 20}", True), (r"\text{June 20}", r"\text{June 21}", False),
        (r"\text{red}", r"\text{blue}", False), (r"\text{Monday}", r"\text{ Monday }", True),
    ],
    "choice letters": [
        (r"\text{(C)}", "C", True), ("C", r"\text{(C)}", True), (r"\text{(C)}", r"\text{C}", True), ("B", "(B)", True), ("B", r"\textbf{(B)}", True), ("B", "D", False), (r"\text{(A)}", r"\text{(E)}", False), ("D", r"\text{D}", True), ("A", r"\mathrm{A}", True), ("E", "F", False),
    ],
    "equations": [
        ("5", "x = 5", True), ("x=5", r"x=\frac{10}{2}", True), ("y=2x+3", "y = 3+2x", True), ("y = -\\frac{4}{3}x+2", r"y=2-\frac{4x}{3}", True), ("y=2x+3", "y=2x-3", False), ("x^2+y^2=25", "y^2+x^2=25", True), ("x^2+y^2=25", "x^2+y^2=5", False), ("2x-y+3=0", "y=2x+3", True),
        ("f(x)=x^2-1", "x^2-1", True), ("n=11", "11", True), ("x=-3", "x=3", False), ("42", "a+b=42", True), ("7", r"AB=7", True), (r"r=\frac{3}{2}", "1.5", True), ("2x + y = 7", "4x+2y=14", True), ("x + 2y = 7", "2x+y=7", False), ("25", r"m+n = 16 + 9 = 25", True), (r"\theta=30^\circ", r"30^\circ", True),
        ("A=12", "12", True), ("x-2y+3z+5=0", "x - 2y + 3z = -5", True),
    ],
    "expressions": [
        ("6r^2-4r-24", "-24-4r+6r^2", True), ("p-q", "-(q-p)", True), ("2k+2", "2(k+1)", True), ("3R^2", "3r^2", False), (r"\frac{x+2}{7}", r"\frac{1}{7}x+\frac{2}{7}", True), ("(x-5)(x+5)", "x^2-25", True), ("(x-5)(x+5)", "x^2+25", False), (r"\cot x", r"\frac{\cos x}{\sin x}", True),
        (r"\sin 2x", r"2\sin x\cos x", True), (r"\binom{n}{2}", r"\frac{n(n-1)}{2}", True), ("x^8+2x^4", "x^4(x^4+2)", True), (r"-2+7i", "7i-2", True), (r"-2+7i", "-2-7i", False), ("6+9i", "3(2+3i)", True), ("a^2b", "ab^2", False), (r"2^{n+1}-1", r"2\cdot 2^n-1", True), (r"e^{i\pi/4}", r"\frac{\sqrt{2}}{2}+\frac{\sqrt{2}}{2}i", True),
        (r"\frac{1}{x+1}", r"\frac{1}{x}+1", False), (r"x^{3/2}", r"x\sqrt{x}", True), (r"\log_3 81", "4", True), (r"1 - \frac{1}{n+1}", r"\frac{n}{n+1}", True), ("12x^2y^3", "12y^3x^2", True), (r"5a-2b", "-2b+5a", True), ("s^2", "2s", False), ("t^3-t", "t(t-1)(t+1)", True),
    ],
    "bases, times, decimals": [
        ("52_8", "52_8", True), ("52_8", "52_{8}", True), ("4210_{5}", "4210", True), ("52_8", "52_9", False), ("52_8", "42", False), (r"0.\overline{36}", r"\frac{4}{11}", True), (r"0.\overline{3}", r"\frac{1}{3}", True), (r"11:15 \text{ a.m.}", "11:15", True), ("11:15", "11:51", False), ("-13.5", r"-\frac{27}{2}", True),
        ("2.0", "2", True), ("0.8", "0.80", True), ("0.8", "0.08", False), ("3.1416", "3.1415", False), ("1.732", r"\sqrt{3}", False), ("5000", "5,000.00", True), ("3:4", "3/4", True), ("10", "10.", True), ("0", "-0.0", True), ("8!", "40320", True),
    ],
    "hard negatives": [
        ("16", "61", False), ("1/4", "4", False), ("-6", "6", False), (r"\frac{7}{3}", r"7\frac{1}{3}", False), (r"2\sqrt{3}", r"3\sqrt{2}", False), ("3+2i", "2+3i", False), ("100", r"1\%", False), ("0.36", r"0.\overline{36}", False), ("(2,3)", "[2,3]", False), ("(2,3)", "2,3,", False),
        (r"\pi", "3.14", False), (r"9\pi", "28.27", False), ("1000", "999", False), ("2^5", "25", False), ("x^2", "x_2", False), (r"\sqrt{17}", "4.123", False), ("12", "1,2", False), ("7", "7x", False), ("0", "O", False), ("64", r"64\text{ or }32", False), ("2021", "2022", False), ("-1", "i", False),
        (r"\frac{1}{2}", r"-\frac{1}{2}", False), ("3x+2", "3x-2", False), (r"30^\circ", r"30^\circ, 150^\circ", False), ("5", r"x\ge 5", False), (r"4\pi", r"4\pi^2", False), ("8", r"2^4", False), ("15", r"\frac{15}{100}\cdot 10", False), (r"\{1,2\}", "(1,2)", False), ("y=3", "x=3", False), ("AB", "BC", False), ("18", r"18\times 10^3", False),
        (r"x<2", r"x>2", False), (r"\frac{3}{4}", r"\frac{3}{4}x", False), ("1.05", "1.5", False), ("20", r"20\text{ or }21", False), (r"\infty", "0", False), (r"\text{no solution}", "0", False), (r"2\pi r", r"\pi r^2", False),
    ],
}  # fmt: skip

FIRST_RESPONSES: dict[str, Pairs] = {
    "trailing words": [
        ("18", "She makes 9 * 2 = 18 dollars every day. The answer is 18 dollars.", True), ("3", "Adding the two, 2 + 1 = 3 bolts in total.\n\nThe final answer is $\\boxed{3}$.", True), ("70000", "So the profit is $\\boxed{70{,}000}$ dollars.", True), ("540", "He runs 60*9 = 540 meters a week.\n#### 540", True),
        ("20", "Wendi needs \\boxed{20} cups of feed in the final meal.", True), ("64", "Therefore, the answer is 64.", True), ("260", "The total is 200 + 60 = 260 sheep.", True), ("160", "It takes him **160** minutes.", True), ("45", "We first get 45 and then subtract 5, so the answer is 40.", False), ("366", "The final answer is: $\\boxed{366}$", True),
        ("5", "There are \\boxed{5\\text{ apples}} left.", True), (r"\frac{1}{3}", "The probability is $\\boxed{\\dfrac{1}{3}}$.", True), (r"\frac{1}{3}", "The probability is $\\boxed{\\dfrac{2}{3}}$.", False), (r"x=5", "Hence $\\boxed{x = 5}$ is the only solution.", True), ("1.5", "The value is about 1.5.", True), ("8", "First \\boxed{7}, but checking again we get \\boxed{8}.", True),
        (r"2\sqrt{3}", "So the length of AB is $2\\sqrt{3}$. Final answer: $\\boxed{2\\sqrt{3}}$ cm", True), ("12", "Each side is $\\boxed{12\\,\\text{cm}}$ long", True), ("90", "$\\angle ABC = \\boxed{90^\\circ}$", True), ("694", "Elise spends $694 in total. The answer is $694.", True), ("25", "The answer is 25%.", True), ("15", "I think the answer is 15 because 3 times 5 is 15.", True),
        ("1,000", "That gives 1000 in all.\nThe answer is 1000.", True), ("13", "The answer is 14.", False), ("-4", "The answer is -4.", True), ("-4", "The answer is 4.", False), ("(1,-2)", "The center is $\\boxed{(1,-2)}$.", True), ("(1,-2)", "The center is $\\boxed{(-1,2)}$.", False), ("104", "Therefore the area equals \\boxed{104\\text{ square units}}.", True), (r"\text{even}", "The function is $\\boxed{\\text{even}}$.", True),
        ("6", "\\[\\boxed{6}\\]", True), ("0.5", "So $P = \\frac{1}{2}$. The answer is $\\frac{1}{2}$.", True), ("17", "The answer is 17 or 18.", False), ("150", "$$\\boxed{150}$$ is the answer.", True), ("3/4", "So we are left with 3/4 of the cake. The final answer is 3/4.", True),
    ],
}  # fmt: skip

SECOND_ANSWERS: dict[str, Pairs] = {
    "fractions": [
        (r"\frac{17}{21}", r"\displaystyle\frac{17}{21}", True), (r"\frac{2}{21}", r"\frac{6}{63}", True), (r"\frac{7}{18}", r"7/18", True), (r"\frac{1}{2}", r"\frac{\sqrt{1}}{2}", True), (r"\frac{9}{16}", "0.5625", True),
        (r"\frac{8}{3}", r"2\,\frac{2}{3}", True), (r"\frac{4}{9}", r"\left(\frac{2}{3}\right)^2", True), (r"\frac{1}{4}", r"\frac{1}{4}\%", False), (r"\frac{19}{6}", r"3\tfrac{1}{6}", True), (r"\frac{m}{n}=\frac{5}{6}", r"\frac{5}{6}", True),
        ("-2.5", r"-2\frac{1}{2}", True), (r"\frac{41}{9}", "4.5556", False),
    ],
    "surds and constants": [
        (r"\frac{\sqrt{6}}{2}", r"\sqrt{\frac{3}{2}}", True), (r"\sqrt{5}-2", r"\frac{1}{\sqrt{5}+2}", True), (r"5+2\sqrt{6}", r"(\sqrt{2}+\sqrt{3})^2", True), (r"2^{3/2}", r"2\sqrt{2}", True), (r"\sqrt[3]{16}", r"2\sqrt[3]{2}", True),
        (r"\frac{8\pi}{3}", r"2\frac{2}{3}\pi", True), (r"100\pi", r"100\pi \text{ square inches}", True), (r"12+4\pi", r"4(\pi+3)", True), (r"\frac{9\sqrt{3}}{4}", r"\frac{9}{4}\cdot\sqrt{3}", True), (r"16\pi", "50.27", False), (r"\pi-2", r"2-\pi", False), (r"5\sqrt{5}", r"5^{1.5}", True), (r"\sqrt{61}", "61", False),
        (r"\frac{-1+\sqrt{5}}{2}", r"\frac{\sqrt{5}-1}{2}", True), (r"e^{-1}", r"\frac{1}{e}", True), (r"\ln 4", r"2\ln 2", True),
    ],
    "intervals and inequalities": [
        (r"[-1,1)", r"-1 \leq x < 1", True), (r"(-\infty,0)", "x < 0", True), (r"(-\infty,-1)\cup(2,\infty)", r"x<-1 \text{ or } x>2", True), (r"(0,\infty)", "x>0", True), (r"(0,4)", r"0<x<4", True), (r"[3,\infty)", r"x \geq 3", True), (r"(2,4)", "[2,4]", False), (r"(-\infty,4]", r"(-\infty, 4)", False), (r"\left[1,3\right)", r"\left[1, 3\right)", True), (r"(-4,-1)\cup(1,4)", r"(1,4)\cup(-4,-1)", True), (r"(-\infty,-1)\cup(2,\infty)", "(-1,2)", False), (r"y\in(0,1]", r"(0,1]", True),
    ],
    "lists, sets, tuples": [
        ("-1,2,5", r"x=-1,2,5", True), ("-1,2,5", r"\{-1, 2, 5\}", True), (r"2+i, 2-i", r"2\pm i", True), ("3,-3", r"\pm 3", True), ("1, 2, 4, 8", "1, 2, 4", False), ("(4,-1,2)", r"\langle 4,-1,2\rangle", True), ("(1,7),(-2,3)", "(-2,3),(1,7)", True), ("(1,7)", "x=1,\\ y=7", True), (r"(\frac{5}{2},\frac{3}{2})", "(2.5,1.5)", True), (r"\{3,9\}", r"\{9,3\}", True), ("6,8,10", "6-8-10", False), (r"\text{A,C}", r"\text{C,A}", True), ("2, 3", r"2\text{ and }3", True), (r"\{x\mid x>2\}", r"(2,\infty)", True), ("(-5,0)", "(5,0)", False), (r"-1\text{ and }5", "5, -1", True),
    ],
    "matrices and vectors": [
        (r"\begin{pmatrix} 7 \\ -1 \end{pmatrix}", r"\begin{bmatrix} 7 \\ -1 \end{bmatrix}", True), (r"\begin{pmatrix} 1/5 & -2/5 \\ 0 & 1 \end{pmatrix}", r"\begin{pmatrix} \frac15 & -\frac25 \\ 0 & 1 \end{pmatrix}", True), (r"\begin{pmatrix} 0 & 1 \\ -1 & 0 \end{pmatrix}", r"\begin{pmatrix} 0 & -1 \\ 1 & 0 \end{pmatrix}", False), (r"\begin{pmatrix} \sqrt{3}/2 \\ 1/2 \end{pmatrix}", r"\begin{pmatrix} \frac{\sqrt{3}}{2} \\[4pt] \frac{1}{2} \end{pmatrix}", True), (r"\begin{pmatrix} 3 \\ 4 \end{pmatrix}", "(3,4)", True),
    ],
    "percent, units, money": [
        (r"40\%", r"40", True), (r"33\frac{1}{3}\%", r"\frac{100}{3}\%", True), ("5.5", r"5.5\%", True), (r"\$4.80", "4.8", True), (r"\$4.80", r"4.80\text{ dollars}", True), ("1200", r"\$1,200", True), ("1200", r"\$1,200.00", True), (r"45\text{ mph}", r"45\text{ miles per hour}", True), (r"12\text{ m}^2", r"12\text{ square meters}", True), (r"12\text{ m}^2", r"12\text{ m}", False), ("25", r"25~\text{cm}^3", True), (r"3\text{ hours}", r"3\text{ h}", True), (r"3\text{ hours}", r"3\text{ days}", False), ("100", r"100\text{ degrees Fahrenheit}", True), ("7", r"7\text{ years old}", True), ("50", r"50\text{ cents}", True), ("10", r"10\text{ cm by }5\text{ cm}", False), ("2", r"2 \text{ students}", True), (r"6\text{ units}", r"6", True), ("0.75", r"0.75\,\Omega", True),
    ],
    "numbers": [
        ("1234", "1,234.0", True), ("0.001", r"1\times10^{-3}", True), ("4.5e6", "4500000", True), (r"2.5\times10^{6}", "2500000", True), (r"2.5\times10^{6}", "2500", False), ("1{,}234{,}567", "1234567", True), ("17", "017", True), ("6.0", "6", True), ("-0.5", "-.5", True), ("1011_2", "1011", True), ("0.1\\overline{6}", r"\frac{1}{6}", True), ("0.\\overline{9}", "1", True), ("42", r"\mathbf{42}", True), ("42", r"\color{red}{42}", True), ("42", "forty-two", False), ("3.0", "30", False), ("1e3", "1000", True), ("10,000", "1,0000", False), ("1/8", ".125", True), (r"99\frac{99}{100}", "100", False), (r"7:00\text{ PM}", r"7:00\text{ p.m.}", True), ("7:00", "7", False), (r"5^{20}", r"25^{10}", True), (r"2^{16}", "65536", True), (r"10!", "3628800", True), ("2^{n}", "2^{n+1}", False),
    ],
    "geometry": [
        (r"\angle C=40^\circ", "40", True), ("40", r"\angle ACB = 40^{\circ}", True), (r"BC=12", r"BC = 12\text{ cm}", True), ("13", r"AC = \sqrt{5^2+12^2} = 13", True), (r"15^\circ", r"\frac{\pi}{12}", False), (r"x=70^\circ", r"70", True), (r"\triangle ABC", r"\triangle DEF", False), (r"10\sqrt{2}", r"AB = 10\sqrt{2}", True), ("48", r"\text{Area} = 48", True), ("48", r"A = \frac{1}{2}\cdot 12\cdot 8 = 48", True), ("7.5", r"x \approx 7.5", True), (r"90^\circ", r"\text{right angle}", False),
    ],
    "text and choices": [
        (r"\text{Friday}", "Friday", True), (r"\text{Friday}", r"\text{Saturday}", False), (r"\text{(B)}", r"\textbf{B}", True), ("A", r"\text{A.}", True), (r"\text{Both}", r"\text{both}", True), (r"\text{(A)}", "a", True), ("C", r"\boxed{C}", True), (r"\text{odd}", r"\text{odd function}", False), (r"\text{Yes}", r"\textbf{Yes.}", True), (r"\text{True}", r"\text{False}", False), (r"\text{isosceles}", r"\text{Isosceles}", True), ("B", "8", False),
    ],
    "equations and expressions": [
        ("y=-x+4", "x+y=4", True), ("y=-x+4", "y=-(x-4)", True), ("(x-1)^2+(y+2)^2=9", "(y+2)^2+(x-1)^2=3^2", True), (r"\frac{x^2}{9}+\frac{y^2}{4}=1", "4x^2+9y^2=36", True), ("f^{-1}(x)=\\frac{x-3}{2}", r"\frac{x-3}{2}", True), ("x^2-x-6=0", "(x-3)(x+2)=0", True), ("2x+1=0", "2x-1=0", False), (r"a_n=3n-1", "3n-1", True), ("x=4", "4=x", True), ("3", "3x=9", False), (r"x^2-4x+4", r"(x-2)^2", True), (r"(x-2)(x-3)", r"(x+2)(x+3)", False), (r"-\frac{1}{2}x+3", r"3-\frac{x}{2}", True), ("8a^3", "(2a)^3", True), ("8a^3", "8a^2", False), (r"\frac{1}{1-x}", r"-\frac{1}{x-1}", True), (r"\tan\theta", r"\frac{\sin\theta}{\cos\theta}", True), ("n^2+n", "n(n+1)", True), ("3x^2y", "3xy^2", False), (r"1-2\sin^2 x", r"\cos 2x", True), (r"\frac{n!}{2}", r"\frac{1}{2}n!", True), ("4+3i", "3i+4", True), (r"|x-3|", r"|3-x|", True), ("k", "2k", False), ("xyz", "zyx", True),
    ],
    "hard negatives": [
        ("14", "41", False), (r"\sqrt{3}", r"\sqrt{3}x", False), ("6", r"6^\circ, 12^\circ", False), ("(3,5)", "(3,5,0)", False), (r"\frac{2}{7}", r"2\frac{1}{7}", False), ("x=2", "x=2, x=3", False), ("0.1", "0.10001", False), ("1,000,000", "100,000", False), (r"10\%", r"10^{-2}", False), (r"\frac{3}{5}", r"0.\overline{6}", False), ("2021", "2,012", False), (r"r^2", "R^2+1", False), ("AB=5", "BC=5", False), (r"\sin 30", r"\sin 60^\circ", False), (r"-\sqrt{2}", r"\sqrt{-2}", False), (r"\{1,2,3\}", r"(1,3)", False), ("3!", "3", False), ("12", r"\frac{1}{2}", False), (r"\text{North}", r"\text{South}", False), ("9", "3^3", False),
        ("a+b=5", "5", False), ("1 2", "12", False), ("5:3", "5.3", False), ("100", "1e3", False), (r"0.\overline{12}", "0.12", False), ("2:30 p.m.", "2:30 a.m.", False), ("x^2+1=0", "x^2-1=0", False), (r"\binom{5}{2}", r"\frac{5}{2}", False), (r"f(x)=x", r"f(x)=-x", False), ("M", "m^2", False),
    ],
}  # fmt: skip

SECOND_RESPONSES: dict[str, Pairs] = {
    "responses": [
        ("42", "Let me compute: 6 * 7 = 42.\n\n**Answer: 42**", True), ("7", "<think>3 + 4 = 7</think><answer>7</answer>", True), ("7", "<think>3 + 4 = 7</think>\n\\boxed{8}", False), ("120", "So the total cost is $120.", True), ("35", "There were 50 - 15 = 35 students left.", True), (r"\frac{3}{8}", "Thus the probability is \\[\n\\boxed{\\frac{3}{8}}.\n\\]", True), ("2.5", "The answer is $2.5$ hours.", True), ("1200", "He earned a total of $1,200.", True), ("12", "Therefore, the value of $x$ is $\\boxed{12}$", True), ("12", "Therefore, $x = 12$.", True), ("30", "The answer is $30^\\circ$.", True), ("8", "The final answer is $8$. I hope it is correct.", True),
        ("90", "So he needs 90 minutes, not 60.", False), ("5", "Hence there are five apples.", False), (r"(2,3)", "The solution is $(x, y) = \\boxed{(2, 3)}$.", True), ("16", "Answer: \\boxed{16 \\text{ cm}^2}", True), ("-1", "Thus $\\boxed{-1}$ is the minimum value.", True), ("250", "#### 250", True), ("1,500", "#### 1500", True), ("75", "75% of the students passed. The answer is 75%.", True), ("3", "We need 3 boxes\n\nAnswer: 3 boxes", True), ("x^2-1", "$f(x)=\\boxed{x^2-1}$", True), ("0", "There is nothing left, so the answer is 0.", True), ("24", "The answer is 24 because 4! = 24.", True), ("24", "The answer is: 4! = 24", True),
    ],
}  # fmt: skip

THIRD_ANSWERS: dict[str, Pairs] = {
    "numbers": [
        (r"\frac{7}{12}", r"\frac{14}{24}", True), (r"\frac{25}{6}", r"4\frac{1}{6}", True), (r"\frac{1}{729}", r"3^{-6}", True), ("0.4", r"\frac{2}{5}", True), ("0.4", r"\frac{4}{5}", False), ("1.44", r"1.2^2", True), ("6,000,000", r"6\times10^6", True), ("6 \\times 10^{23}", r"6.0\cdot 10^{23}", True), ("4096", "2^{12}", True), ("4096", r"8^4", True),
        ("35", "35.", True), ("35", "-35", False), ("720", "270", False), (r"\frac{100}{3}", "33.33", False), (r"\frac{100}{3}", r"33\frac{1}{3}", True), ("2.71", "e", False), (r"\frac{1001}{1000}", "1.001", True), ("0.045", r"4.5\%", True), (r"62.5\%", r"\frac{5}{8}", True), (r"5\%", r"0.5", False), ("19", r"\text{nineteen}", False), ("12", r"\underline{12}", True), ("46,656", "6^6", True),
    ],
    "surds and expressions": [
        (r"3\sqrt{2}+2\sqrt{3}", r"2\sqrt{3}+3\sqrt{2}", True), (r"\frac{10}{\sqrt{5}}", r"2\sqrt{5}", True), (r"\sqrt{2}+\sqrt{8}", r"3\sqrt{2}", True), (r"7-4\sqrt{3}", r"(2-\sqrt{3})^2", True), (r"\frac{\sqrt{10}}{4}", r"\frac{\sqrt{10}}{2}", False), (r"4\sqrt[3]{3}", r"\sqrt[3]{192}", True), (r"\sqrt{13}", r"\pm\sqrt{13}", False), (r"\frac{1}{2}\sqrt{7}", r"\frac{\sqrt{7}}{2}", True),
        (r"6x^2+5x-4", r"(3x+4)(2x-1)", True), (r"x^3-8", r"(x-2)(x^2+2x+4)", True), (r"x^3-8", r"(x-2)^3", False), (r"\frac{3}{x-2}", r"\frac{-3}{2-x}", True), (r"2^{x+3}", r"8\cdot 2^x", True), (r"\log_2 x", r"\frac{\ln x}{\ln 2}", True), (r"\cos^2\theta-\sin^2\theta", r"\cos 2\theta", True), (r"ab+ac", "a(b+c)", True), (r"\frac{n(n-1)(n-2)}{6}", r"\binom{n}{3}", True), (r"(n-1)!\cdot n", "n!", True), (r"-x^2+4x-1", r"-(x^2-4x+1)", True), (r"2xy", "2yx", True), (r"5-12i", r"(3-2i)^2", True), (r"\frac{1+i}{2}", r"\frac{1}{1-i}", True), (r"x^4", r"x^{-4}", False), (r"3n+1", "3n-1", False), (r"\sec^2 x", r"1+\tan^2 x", True),
    ],
    "intervals, lists, tuples": [
        (r"(-\infty,-3]\cup[3,\infty)", r"x\le -3 \text{ or } x\ge 3", True), (r"[0,\pi]", r"0\le\theta\le\pi", True), (r"\left(0,\frac{3}{2}\right)", "(0,1.5)", True), (r"[-5,5]", r"|x|\le 5", True), (r"(1,\infty)", r"(1, \infty]", False), (r"(2,3)\cup(3,4)", r"(2,4)\setminus\{3\}", True), ("[4,9)", "[4, 9)", True), ("[4,9)", "[4,9]", False), (r"\mathbb{R}", r"(-\infty,+\infty)", True), ("x=3", "x>3", False),
        ("2,3,7", "2, 3, \\text{ and } 7", True), ("2,3,7", "7, 3, 2", True), ("2,3,7", "2,3,7,11", False), ("-4, 4", r"\{4,-4\}", True), (r"\frac{1\pm\sqrt{5}}{2}", r"\frac{1+\sqrt{5}}{2},\frac{1-\sqrt{5}}{2}", True), (r"1, -1, i, -i", r"\pm 1, \pm i", True), ("(2,-3)", r"(2,\,-3)", True), ("(2,-3)", r"x = 2, y = -3", True), ("(2,-3)", "(-3,2)", False), ("(0,2),(3,0)", "(3,0),(0,2)", True), (r"(a,b,c)=(1,2,3)", "(1,2,3)", True), (r"\left(5,\frac{5\pi}{6}\right)", r"(5, 5\pi/6)", True), (r"\{(1,2),(3,4)\}", r"\{(3,4),(1,2)\}", True), ("0, 1", "0 or 1", True),
        (r"\begin{pmatrix} 4 & 0 \\ 1 & -2 \end{pmatrix}", r"\begin{bmatrix}4&0\\1&-2\end{bmatrix}", True), (r"\begin{pmatrix} 4 & 0 \\ 1 & -2 \end{pmatrix}", r"\begin{bmatrix}4&1\\0&-2\end{bmatrix}", False), (r"\begin{pmatrix} 2/3 \\ -1 \end{pmatrix}", r"\left(\begin{array}{c}\frac23\\-1\end{array}\right)", True),
    ],
    "units, geometry, money": [
        (r"54\text{ cm}^3", "54", True), ("54", r"54\text{ cubic centimeters}", True), (r"15\text{ ft}", r"15\text{ feet}", True), (r"15\text{ ft}", r"15\text{ yards}", False), ("8.5", r"8.5\,\mathrm{kg}", True), (r"\$0.75", r"0.75", True), ("300", r"\$300", True), ("24", r"24\text{ hours}", True), ("36", r"\angle DEF=36^\circ", True), ("36", r"63^\circ", False), ("9", r"PQ=9", True), (r"28\sqrt{3}", r"28\sqrt{3}\text{ m}^2", True), (r"\frac{25\pi}{2}", r"12.5\pi", True), ("5", r"r = 5", True), ("5", r"d=2r=5", True), (r"60^\circ", r"\frac{\pi}{3}", False), ("110", r"x^\circ=110^\circ", True), (r"18\text{ inches}", r"18''", True), ("1500", r"1500\text{ m/s}", True), ("3", r"3:1", False), (r"1:2", r"\frac12", True), ("7", r"7\text{ apples and }3\text{ pears}", False),
    ],
    "text, choices, equations": [
        (r"\text{Tuesday}", r"\text{tuesday}", True), (r"\text{neither}", r"\text{both}", False), (r"\text{(D)}", r"(D)", True), ("C", r"\text{C) }12", True), ("B", r"\text{Option B}", True), (r"\text{No}", "No.", True), (r"\text{Alice}", r"\text{Bob}", False), ("y=3x-7", "3x-y=7", True), ("y=3x-7", "3x-y=-7", False), ("x=\\frac{3}{4}", "0.75", True), ("(x+1)^2+y^2=4", "x^2+2x+1+y^2=4", True), ("y=\\frac{1}{2}x", "x=2y", True), (r"a=3, b=4", r"b=4, a=3", True), (r"g(x)=2x-5", "2x-5", True), ("17", "p+q=17", True), ("17", "p=17, q=1", False), (r"m=\frac{2}{3}", r"\frac{2}{3}", True), (r"\sqrt{x+2}", r"\sqrt{x}+2", False),
    ],
}  # fmt: skip

THIRD_RESPONSES: dict[str, Pairs] = {
    "responses": [
        ("9", "The answer is nine, that is 9.", True), ("480", "So they need 480 ml of paint. #### 480", True), ("11", "$\\boxed{11}$\n\nSo the answer is 11.", True), ("3", "We have x = 3 or x = -3, but lengths are positive, so \\boxed{3}.", True), (r"\frac{5}{2}", "Hence the slope is 5/2.", True), ("64", "Total = 4 * 16 = 64", True), ("64", "Total = 4 * 16 = 46", False), ("1/2", "<answer>\\frac{1}{2}</answer>", True), ("B", "<answer>B</answer>", True), ("14", "The perimeter is 2(3 + 4) = 14 cm.", True), ("14", "<answer>14 cm</answer>", True), ("-3", "Therefore the minimum is $-3$.", True),
    ],
}  # fmt: skip

FOURTH_RESPONSES: dict[str, Pairs] = {
    "boxes and options": [
        ("5", r"$\boxed{\boxed{5}}$", True), ("5", r"\boxed{x = \boxed{5}}", True), (r"\frac{1}{2}", r"\boxed{\text{The answer is }\frac{1}{2}}", True), ("12", r"\fbox{12}", True), ("7", r"\boxed7", True),
        (r"\{1,2\}", r"\boxed{\{1, 2\}}", True), (r"\{1,2\}", r"\boxed{\left\{2, 1\right\}}", True), ("3", r"\boxed{\textbf{3}}", True), ("3", r"\boxed{\mathbf{3}}", True), ("3", r"\boxed{3}.\boxed{}", True),
        ("B", r"\boxed{\text{B. }145^\circ}", True), ("B", r"\boxed{\text{B: }145^\circ}", True), ("B", r"\boxed{(B)\ 145^\circ}", True),
    ],
    "Chinese": [
        ("5", "答案是5。", True), ("5", "答案：5", True), ("5", "所以答案为 5", True), ("5", r"最终答案：$\boxed{5}$。", True), ("5", r"\boxed{5个}", True), ("5", r"\boxed{5\text{厘米}}", True), ("5", "<answer>5厘米</answer>", True),
        ("5厘米", "<answer>5</answer>", True), ("5厘米", "5厘米", True), ("5厘米", "6厘米", False), ("5厘米", "5米", False), ("是", r"\boxed{\text{是}}", True), ("错误", "<answer>错误</answer>", True), ("错误", "<answer>正确</answer>", False),
        ("２５", "25", True), ("25", "２５", True), ("3，4", "3,4", True), ("(3,4)", "（3，4）", True), ("x=3", "x＝3", True), ("50%", "50％", True), ("-5", "－5", True), ("-5", "−5", True), ("30度", r"\boxed{30^\circ}", True),
        ("30°", "30度", True), ("12平方厘米", "12", True), ("20元", "20", True), ("20元", r"\boxed{20元}", True), ("3小时", "<answer>3 小时</answer>", True), ("10千克", "10", True), ("x=1或x=2", r"\boxed{1或2}", True),
        ("1或2", r"\boxed{x=1\text{ 或 }x=2}", True), ("1或2", r"\boxed{1, 2}", True), ("1、2", "1,2", True), ("1和2", "1,2", True),
    ],
    "fractions and ratios": [
        (r"\frac{3}{4}", "3/4", True), (r"\frac34", "0.75", True), ("1 3/4", r"\frac{7}{4}", True), ("1 3/4", "1.75", True), ("7/4", r"1\frac{3}{4}", True), (r"-1\frac{3}{4}", "-7/4", True), ("½", "0.5", True),
        ("1½", "1.5", True), ("2¾", "11/4", True), ("3⅓", r"\frac{10}{3}", True), ("⅔", "2/3", True), (r"\tfrac{2}{3}", "2/3", True), (r"\cfrac{2}{3}", "2/3", True), ("2/3", "0.667", False), ("2/3", "0.67", False),
        ("2/3", "66.67%", False), ("1:2:3", "2:4:6", True), ("3:2", "1.5", True), ("3:2", "3/2", True), ("3 : 2", "3:2", True), ("3∶2", "3:2", True),
    ],
    "percent and money": [
        ("25%", "0.25", True), ("25%", "25", True), ("25", "25%", True), ("0.25", "25%", True), ("25%", "2.5%", False), ("$25", "25", True), ("25", "$25", True), ("25", r"\$25.00", True), ("€25", "25", True),
        ("25", "€25", True), ("£25", "25", True), ("25", "¥25", True), ("¥25", "25", True), ("25", "25 USD", True), ("25 dollars", "$25", True), ("$1,234.50", "1234.5", True), ("1,234.5", r"\$1{,}234.50", True),
        ("₹25", "25", True), ("25", "Rs. 25", True), ("25", "Rs 25", True), ("2.5 million", "2.5 million", True), ("2.5 million", "2500000", True),
    ],
    "units": [
        ("5 cm", "5cm", True), ("5 cm", "5 centimeters", True), ("5 cm", "5", True), ("5", "5 cm", True), ("5 m/s", r"5\,\mathrm{m\,s^{-1}}", True), ("5 m/s", r"5\ \text{m}/\text{s}", True),
        ("5 km/h", "5 km per hour", True), ("5 mph", "5 miles per hour", True), ("20 cm^2", "20 cm²", True), ("20 cm²", "20 square cm", True), ("20 sq. cm", "20", True), ("20", "20 sq units", True),
        ("20", "20 sq. units", True), ("20", "20 units squared", True), ("20", "20 cubic units", True), ("20 °C", "20", True), ("20", "20°C", True), ("20", "20 ℃", True), ("20 K", "20", True),
        ("9.8 N", r"9.8\text{ N}", True), ("9.8 N", "9.8 newtons", True), ("3 Ω", "3 ohms", True), ("4 µm", "4 μm", True), ("6 ft", "6 feet", True), ("6 in", "6 inches", True), ("5 hours", "5 hrs", True),
        ("5 hours", "5 h", True), ("5 min", "5 minutes", True), ("30 sec", "30 s", True), ("10 lb", "10 pounds", True), ("10 lbs", "10 lb", True), ("10 oz", "10 ounces", True), ("3 L", "3 liters", True),
        ("3 L", "3 l", True), ("3 mL", "3 ml", True), ("45°", "45", True), ("45°", "45 deg", True), ("45", "45 degree", True), ("45°", r"45\degree", True), ("45°", r"45^{\circ}", True), ("45°", "45º", True),
        (r"\frac{\pi}{4}", "45°", False), (r"\frac{\pi}{4}", r"\frac{\pi}{4}\text{ rad}", True), (r"\frac{\pi}{4}", r"\frac{\pi}{4} radians", True),
    ],
    "intervals and sets": [
        ("[1,2]", "1 ≤ x ≤ 2", True), ("(1,∞)", "x > 1", True), ("(1,∞)", r"(1,+\infty)", True), ("(1, inf)", "(1,∞)", True), ("(-∞,1)∪(2,∞)", r"(-\infty,1)\cup(2,\infty)", True),
        ("(-∞,1) U (2,∞)", r"(-\infty,1)\cup(2,\infty)", True), ("∅", r"\emptyset", True), (r"\emptyset", r"\varnothing", True), (r"\emptyset", r"\{\}", True), ("{1,2,3}", r"\{3,2,1\}", True), ("{1,2,3}", "1,2,3", True),
        ("1;2;3", "1,2,3", True), ("1 and 2", "2 and 1", True), ("x=1 or x=2", "1, 2", True), ("x_1=1, x_2=2", "1, 2", True), ("x = 1, y = 2", "(1, 2)", True), ("(x, y) = (1, 2)", "x=1 and y=2", True),
        (r"\{x \mid 1<x<2\}", "(1,2)", True), (r"\{x : x > 2\}", r"(2,\infty)", True), (r"x\in(1,2)", "1<x<2", True), ("(1, 2) and (3, 4)", "(3,4),(1,2)", True), ("(1,2)", "(1.0, 2.0)", True),
        (r"2 \pm \sqrt{3}", r"2+\sqrt{3},2-\sqrt{3}", True), (r"\pm 2", "2,-2", True), ("±2", "2, -2", True), ("±2", "2", False),
    ],
    "numbers": [
        ("1000", "1,000", True), ("1,000", "1000.0", True), ("1000", "1 000", True), ("0.5", ".5", True), ("5", "5.0", True), ("5", "05", True), ("1e3", "1000", True), ("1E3", "1000", True), ("1.0e-3", "0.001", True),
        ("1×10^3", "1000", True), ("1x10^3", "1000", True), ("1*10^3", "1000", True), ("6.02 × 10²³", r"6.02\times10^{23}", True), ("10^{-3}", "0.001", True), ("2^10", "1024", True), ("√2", r"\sqrt{2}", True),
        ("2√3", r"2\sqrt{3}", True), ("sqrt(2)", r"\sqrt{2}", True), ("2*sqrt(3)", r"2\sqrt{3}", True), ("sqrt 2", r"\sqrt2", True), ("π", r"\pi", True), ("2pi", r"2\pi", True), ("pi/2", r"\frac{\pi}{2}", True),
        ("3.14", "π", False), ("∛2", r"\sqrt[3]{2}", True), ("x²", "x^2", True), ("x^2", "x**2", True), ("a*b", "ab", True), ("a·b", "ab", True), ("≈3.14", "3.14", True), ("3.14", r"\approx 3.14", True),
        ("3.14", "approximately 3.14", True), ("3.14", "about 3.14", True), ("3.14", "~3.14", True), (">5", "5", False), ("5", "at least 5", False), ("-3", "−3", True), ("-3", "–3", True), ("+3", "3", True),
        ("3!", "6", True), ("log 100", "2", True), (r"\log_{10}100", "2", True), ("ln e", "1", True), ("e^2", r"\mathrm{e}^{2}", True), ("i", r"\mathrm{i}", True), ("2+3i", "3i+2", True),
        ("|x|", r"\left|x\right|", True), (r"\lvert x\rvert", "|x|", True), (r"\lfloor 2.5\rfloor", "2", True), (r"{5 \choose 2}", "10", True), (r"\binom52", "10", True), (r"\sin 30^\circ", "0.5", True),
        (r"\cos(\pi)", "-1", True), (r"\tan 45°", "1", True), (r"0.\dot{3}", r"\frac13", True),
    ],
    "text": [
        ("Yes", "Yes, because it is.", True), ("No", "No, it is not.", True), ("Yes", "No, but yes", False), ("True", "true", True), ("red", "<answer>Red</answer>", True), ("red", "<answer>red.</answer>", True),
        ("dog", "<answer>a dog</answer>", True), ("A", "a", True), ("Newton's", "Newton’s", True), ("right triangle", r"\text{right triangle}", True), ("AB=CD", "CD=AB", True), ("y=2x", "2x=y", True),
        ("y=2x+1", "2x-y+1=0", True), (r"\triangle ABC", "△ABC", True), ("∠ABC", r"\angle ABC", True), ("AB ∥ CD", r"AB \parallel CD", True), ("a⊥b", r"a \perp b", True), (r"\mathrm{H_2O}", "H₂O", True),
    ],
    "markdown": [
        ("42", "**42**", True), ("42", "The answer is **42**.", True), ("42", "**Final Answer**\n\n42", True), ("42", "### Final answer\n42", True), ("42", "Final answer: `42`", True),
        ("42", "The final answer is: \n\\[\n42\n\\]", True), ("42", "$$42$$", True), ("42", r"\(42\)", True), ("42", r"\[42\]", True), ("42", "Answer: $42$", True), ("42", "Answer:42", True), ("42", "A: 42", True),
        ("42", "answer = 42", True), ("42", "x = 42", True), ("42", "= 42", True), ("42", "#### 42", True), ("42", "<answer> 42 </answer>\n<|im_end|>", True), ("42", "<answer>42</answer> and 43", True),
        ("42", "<answer>41</answer><answer>42</answer>", True), ("42", r"<think>\boxed{41}</think>42", True), ("42", "The answer is 41. Wait, no. The answer is 42.", True),
        ("42", "The answer is 42\n\nLet me verify: 6*7 = 42. Yes.", True), ("42", "The answer is 42.\nCheck: 40+2.", True), ("42", "We get $42$.", True),
        ("42", "Final Answer: The final answer is $42$. I hope it is correct.", True),
    ],
}  # fmt: skip

FIFTH_RESPONSES: dict[str, Pairs] = {
    "Chinese": [
        ("x=1或x=2", r"\boxed{1或2}", True), ("1或2", r"\boxed{x=1\text{ 或 }x=2}", True), ("1,2", r"\boxed{x=1\text{ 或者 }x=2}", True), ("1 or 2", "1 or 2", True), ("x=1 or x=2", r"\boxed{1 or 2}", True),
        ("5", "<answer>5万</answer>", False), ("30", "<answer>30多</answer>", False), ("2", "<answer>2成</answer>", False), ("5个", "<answer>5只</answer>", False), ("12平方厘米", "<answer>12 cm</answer>", False),
        ("12平方厘米", "<answer>12 cm²</answer>", True), ("5千米", "<answer>5 km</answer>", True), ("5千米", "<answer>5米</answer>", False), ("5公里", "<answer>5千米</answer>", True), ("5千克", "<answer>5 g</answer>", False),
        ("5米/秒", "<answer>5 m/s</answer>", True), ("5米每秒", "<answer>5 m/s</answer>", True), ("60千米/小时", "<answer>60 km/h</answer>", True), ("12立方米", "<answer>12 m^3</answer>", True),
        ("12立方米", "<answer>12 m^2</answer>", False), ("5个苹果", "<answer>5</answer>", True), ("3", "<answer>3点</answer>", False), ("3亿", "<answer>3</answer>", False), ("50", "<answer>50分</answer>", True),
        ("50", "<answer>50分钟</answer>", True), ("50分钟", "<answer>50秒</answer>", False), ("50分钟", "<answer>50 min</answer>", True), ("5", "<answer>5以上</answer>", False), ("5%", "<answer>5度</answer>", False),
        ("3倍", "<answer>3</answer>", True), ("3", r"\boxed{3\text{倍}}", True), ("30°", r"\boxed{30度}", True), ("30°", r"\boxed{30\text{弧度}}", False), ("-5度", "<answer>-5</answer>", True),
        ("5又1/2", "<answer>5</answer>", False), ("5", "所以答案为5，而不是6。", True), ("5", "答案是6，不是5。", False), ("5", "答案是5，因为2+3=5。", True), ("5", "因此一共有5个苹果。", True), ("x+1", "答案是 x+1。", True), ("x+1", "答案为：\n$x+1$", True),
        (r"\frac{1}{2}", r"答案是 $\frac{1}{2}$。", True), (r"\frac{1}{2}", r"故答案为 \(\frac{1}{2}\)。", True), ("3", "【答案】3", True), ("3", "答案：3厘米", True), ("3厘米", "答案：3米", False), ("(1,2)", "答案：（1，2）", True),
        ("红色", "答案：红色。", True), ("红色", "答案是蓝色。", False), ("红色", "<answer>红色</answer>", True),
    ],
    "headings": [
        (r"\frac{1}{2}", "### Final Answer\n\n$\\frac{1}{2}$", True), (r"\frac{1}{2}", "**Final Answer**\n\\[\n\\frac{1}{2}\n\\]", True), (r"\frac{1}{2}", "The answer is:\n\n$$\\frac{1}{2}$$", True),
        (r"\frac{1}{2}", "The answer is:\n\n$$\n\\frac{1}{2}\n$$", True), ("x+1", "## Answer\nx+1", True), ("2", "### Final Answer\n\n$\\frac{1}{2}$", False),
    ],
    "yes and no": [
        ("No", "No, it is not.", True), ("Yes", "No, it is not.", False), ("No", "No, but yes in a way.", False), ("Yes", "Yes. The line is straight.", True), ("Yes", "Yes, if x > 2.", False),
        ("No", "No. 5 is odd", True), ("No", "Not at all", False), ("No", "<answer>No, the triangle is not right.</answer>", True),
    ],
    "characters": [
        ("2⁻¹", "0.5", True), ("x₁=1, x₂=2", "x_1=1, x_2=2", True), ("10⁻³", "0.001", True), ("⅔", "0.667", False), ("⅔", "2/3", True), ("1⅔", "5/3", True), ("⅞", "7/8", True), ("⅒", "0.1", True), ("H₂O", "CO₂", False),
        ("3′", "3 ft", True), ("5″", "5 in", True), ("∛8", "2", True), ("∠A=30°", "30", True), ("a⊥b", "a∥b", False), ("3∶4", "3:4", True), ("1⁄2", "1/2", True), ("x²+1", "x^2+1", True), ("x²+1", "x^3+1", False),
        ("10²", "100", True), ("10²³", "10^{23}", True), ("10²³", "10^{22}", False), ("B", r"\boxed{\text{A. B}}", False), ("B", r"\boxed{\text{B. }145^\circ}", True), ("A", r"\boxed{\text{B. }145^\circ}", False),
        ("B", r"\boxed{B. A}", False), ("C", r"\boxed{C: 12}", True), (r"{10 \choose 3}", "120", True), (r"\binom52", "25", False), (r"0.\dot{3}", "1/3", True), (r"0.1\dot{6}", "1/6", True), (r"0.\dot{3}", "0.3", False),
        ("(1,2) U (3,4)", r"(1,2)\cup(3,4)", True), ("2x10^3", "2000", True), (r"\mathrm{e}^2", "e^2", True), ("20 sq. cm", "20 cm^2", True), ("20 sq. cm", "20 cm", False), ("20 sq. ft", "20", True),
        ("5. cm", "5 cm", True), ("= 5", "5", True),
    ],
}  # fmt: skip
