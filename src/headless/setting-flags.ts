import type { Setting } from '../analyses/declaration.ts';
import type { SettingValues } from '../analyses/setting-values.ts';
import type { FlagReader } from './flag-reader.ts';

/** Values of declared settings as the flags give them: the shell checked them, and filled defaults in. */
export function settingValues(settings: Readonly<Record<string, Setting>>, flags: FlagReader): SettingValues {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [name, valueOf(name, setting, flags)]),
  );
}

function valueOf(name: string, setting: Setting, flags: FlagReader): unknown {
  switch (setting.kind) {
    case 'choice':
      return flags.choice(name, setting.choices) ?? setting.value;
    case 'choices': {
      const named = flags.list(name);
      return named.length === 0
        ? (setting.value ?? setting.choices)
        : setting.choices.filter((choice) => named.includes(choice));
    }
    case 'integer':
      return flags.number(name) ?? setting.value;
    case 'switch':
      return flags.switch(name);
    case 'text':
      return flags.text(name) ?? setting.value;
    case 'checkpoint':
      return flags.choice(name, setting.choices) ?? null;
    case 'layers':
      return flags.text(name) ?? null;
    case 'texts':
    case 'layer sets':
      return flags.list(name);
  }
}
