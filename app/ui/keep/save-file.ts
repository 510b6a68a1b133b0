// Hands a file to the person: by the share sheet where there is one that takes it, else as a download.

/** Whether the share sheet takes such a file. */
export function canShare(file: File): boolean {
  return typeof navigator.canShare === 'function' && navigator.canShare({ files: [file] });
}

/**
 * `blocked`: the browser wants a fresh press of a button first, because making the file took long.
 * Rejects with what else went wrong.
 */
export async function shareFile(file: File): Promise<'shared' | 'cancelled' | 'blocked'> {
  try {
    await navigator.share({ files: [file], title: file.name });
    return 'shared';
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    if (name === 'AbortError') return 'cancelled';
    if (name === 'NotAllowedError') return 'blocked';
    throw error;
  }
}

/** How long a browser may take to begin a download, ms. */
const BEGIN_MS = 60_000;

export function downloadFile(file: File): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), BEGIN_MS);
}

/** A title as a file's name: what file systems dislike becomes a dash. */
export function fileNameOf(title: string, ending: string): string {
  const name = title
    .normalize()
    .replace(/[\p{C}/\\:*?"<>|]+/gu, '-')
    .replace(/^[.\s-]+|[.\s-]+$/g, '')
    .slice(0, 80);
  return `${name || 'topwork'}${ending}`;
}
