// Files that the system opened the installed app with: project files for the home screen, pictures for the inbox.
import { signal } from '@preact/signals';
import type { Storage } from '../storage/storage.ts';
import { go } from './router.ts';
import { showFailure } from './toasts.ts';

/** Project files that wait to be imported. */
export const launchedFiles = signal<readonly File[]>([]);

/** Chromium's, which no type library knows. @see https://developer.mozilla.org/docs/Web/API/LaunchQueue */
interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly files: readonly { getFile(): Promise<File> }[] }) => void): void;
}

/** Takes what the system hands over, now and later; does nothing in browsers that never do. */
export function receiveLaunchedFiles(storage: Pick<Storage, 'addToInbox'>): void {
  const queue = (globalThis as { readonly launchQueue?: LaunchQueue }).launchQueue;
  queue?.setConsumer(({ files }) => {
    if (files.length > 0) void take(files, storage).catch(showFailure);
  });
}

async function take(
  handles: readonly { getFile(): Promise<File> }[],
  storage: Pick<Storage, 'addToInbox'>,
): Promise<void> {
  const files = await Promise.all(handles.map((handle) => handle.getFile()));
  const projects = files.filter(({ name }) => name.endsWith('.zip'));
  const photos = files.filter(({ type }) => type.startsWith('image/'));
  if (photos.length > 0) {
    const records = await Promise.all(
      photos.map(async (file) => ({
        ...{ name: file.name, type: file.type, receivedAt: Date.now() },
        data: await file.arrayBuffer(),
      })),
    );
    await storage.addToInbox(records);
    go({ screen: 'inbox' });
  }
  if (projects.length > 0) {
    go({ screen: 'home' });
    launchedFiles.value = projects;
  }
}
