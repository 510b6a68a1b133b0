// A button that copies a text and says that it did.
import { h } from './h.ts';

const SAID_FOR_MS = 2000;

/** @param what for the button's name, as in "Copy the digest" */
export function copyButton(text: string, what: string): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet', 'aria-label': `Copy ${what}` }, 'Copy');
  const status = h('span', { role: 'status', class: 'visually-hidden' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  button.addEventListener('click', async () => {
    const done = await copy(text);
    button.textContent = done ? 'Copied' : 'Select it by hand';
    status.textContent = done ? `Copied ${what}.` : 'The browser did not allow copying.';
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = 'Copy';
      status.textContent = '';
    }, SAID_FOR_MS);
  });
  return h('span', {}, button, status);
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
