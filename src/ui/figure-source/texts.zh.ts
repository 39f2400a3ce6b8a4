import { dayOf } from '../../study/journal/kept-work-text.ts';
import type { en } from './texts.ts';

export const zh: typeof en = {
  updates: (work, formulas) => (formulas.length === 0 ? work : `${work}（${formulas.join('、')}）`),
  opened: (title) => `${title}（取自打开的结果文件夹）`,
  rounding: (scheme) => `舍入为 ${scheme}`,
  demoQuestions: '演示模型族的问题',
  byHand: '该样本对是在页面上手工制作的，因此没有命令能指明它。',
  samples: (name) => `<${name}> 代表这些样本所在的位置。`,
  questions: (name) => `<${name}> 代表这些问题所在的位置。`,
  recipe: (role) => `<recipe ${role}> 代表该合并的配方文件。`,
  without: (models) => `该命令没有指定 ${models.join('、')} 的参数：只询问其他模型。`,
  stitch: '手工拼接的模型不在该命令询问的模型之中。',
  noCommand: '没有命令能接受这些输入。',
  folder: (name) => `读自结果文件夹 ${name}，其中既没有写明检查点，也没有写明命令。`,
  origin: ({ build, at, carried }) =>
    carried
      ? `应用自带：由版本 ${build} 于 ${dayOf(at)} 测得。`
      : `由构建版本 ${build} 于 ${dayOf(at)} 计算。`,
};
