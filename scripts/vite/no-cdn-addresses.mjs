/** @import {Plugin} from 'vite' */

/** Where packages would fetch parts of themselves from: a runtime, a viewer of PDFs. The app asks for neither. */
const ADDRESSES = /https:\/\/(?:cdn\.jsdelivr\.net\/npm|cdnjs\.cloudflare\.com)\//g;
const PACKAGES = ['@huggingface/transformers/dist', 'jspdf/dist'];

/**
 * Takes the addresses of content delivery networks out of packages that name them.
 * @returns {Plugin}
 */
export function noCdnAddresses() {
  return {
    name: 'frankenscope:no-cdn-addresses',
    enforce: 'pre',
    transform(code, id) {
      if (!PACKAGES.some((part) => id.includes(part))) return null;
      return { code: code.replaceAll(ADDRESSES, './'), map: null };
    },
  };
}
