import type { Attachment } from 'svelte/attachments';

/** What scrolls is a stop of the Tab key, so that arrow keys scroll it (WCAG 2.1.1); what has room for all of it is none. */
export const scrollable: Attachment<HTMLElement> = (box) => {
  const sizes = new ResizeObserver(() => {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute('tabindex');
  });
  for (const one of [box, ...box.children]) sizes.observe(one);
  return () => sizes.disconnect();
};
