import { bytes, count } from '../format/quantity.ts';
import type { en } from './texts.ts';

export const zh: typeof en = {
  title: '从服务器打开',
  address: '仓库或地址',
  example: 'org/name，或 https://…',
  look: '查看',
  cancel: '取消',
  more: '版本、Hub、令牌',
  revision: '版本（revision）',
  hub: 'Hub 或其镜像',
  token: '你的令牌',
  forgotten: '该令牌属于另一主机，已被清除；如果此主机需要，请输入它的令牌。',
  asking: '正在查询那里有什么。',
  size: (size, files) => `${bytes(size)}，${files} 个文件`,
  open: '打开',
  openOf: (name) => `从服务器打开 ${name}`,
  keep: '在这台机器上保留副本',
  keepOf: (name) => `在这台机器上保留 ${name} 的副本`,
  keeping: (name) => `正在保存 ${name}`,
  traffic: (size, requests) =>
    `到目前为止，${count(requests)} 次请求共取得 ${bytes(size)}。打开的内容每次用到时都从服务器读取；保留的副本只下载一次。`,
  privacy:
    '只有当你在这里按下按钮时，本页面才会从你指定的服务器读取。服务器会看到地址、读取了哪些文件的哪些部分，以及你提供的令牌（如有）。除此之外，没有任何内容离开你的机器。',
  kept: {
    title: '已保存的检查点',
    part: (size, total) => `${bytes(size)}，共 ${bytes(total)}`,
    openOf: (name) => `打开保存的 ${name}`,
    cutOff: (server) => `下载中断：请再次从${server ? ` ${server} ` : '它的服务器'}保留，会接着下载。`,
    remove: '删除',
    removeOf: (name) => `删除保存的 ${name}`,
    total: (size) => `共 ${bytes(size)}，存于此浏览器的存储空间。没有网络也能打开。`,
  },
};
