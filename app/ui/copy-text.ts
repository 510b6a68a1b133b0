// Puts text on the clipboard, and says whether that worked.
import { text } from '../text/text.ts';
import { showToast } from './toasts.ts';

export async function copyText(words: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(words);
    showToast(text.value.common.copied);
  } catch {
    showToast(text.value.endpoint.copyFailed, { kind: 'failure' });
  }
}
