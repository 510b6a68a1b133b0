// What belongs to no project: the list of what left the device, photos that came from outside, pieces of downloads.
import type { Digest } from '../../src/contract/ids.ts';
import type { Database } from './connection.ts';
import type { ChunkRecord, SentRecord } from './schema.ts';
import type { Storage } from './storage.ts';

type Part = Pick<
  Storage,
  | 'sent'
  | 'addSent'
  | 'sentBytes'
  | 'inbox'
  | 'addToInbox'
  | 'removeFromInbox'
  | 'chunks'
  | 'addChunk'
  | 'deleteChunks'
>;

export function paperStorage({ read, write }: Database): Part {
  return {
    sent: (limit) =>
      read(['sent'], async (tx) => {
        const lines: SentRecord[] = [];
        let cursor = await tx.objectStore('sent').openCursor(null, 'prev');
        while (cursor !== null && lines.length < limit) {
          lines.push(cursor.value);
          cursor = await cursor.continue();
        }
        return lines;
      }),
    addSent: (line) =>
      write(['sent'], async (tx, tell) => {
        await tx.objectStore('sent').put(line);
        tell('sync', line.project);
      }),
    sentBytes: () =>
      read(['sent'], async (tx) =>
        (await tx.objectStore('sent').getAll()).reduce((sum, line) => sum + line.bytes, 0),
      ),

    inbox: () => read(['inbox'], (tx) => tx.objectStore('inbox').getAll()),
    addToInbox: (photos) =>
      write(['inbox'], async (tx, tell) => {
        for (const photo of photos) await tx.objectStore('inbox').put(photo);
        tell('inbox', null);
      }),
    removeFromInbox: (ids) =>
      write(['inbox'], async (tx, tell) => {
        for (const id of ids) await tx.objectStore('inbox').delete(id);
        tell('inbox', null);
      }),

    chunks: (file) =>
      read(['chunks'], async (tx) => contiguous(await tx.objectStore('chunks').getAll(allOf(file)))),
    addChunk: (chunk) =>
      write(['chunks'], async (tx) => {
        await tx.objectStore('chunks').put(chunk);
      }),
    deleteChunks: (file) => write(['chunks'], (tx) => tx.objectStore('chunks').delete(allOf(file))),
  };
}

/** Every chunk of a file: an array sorts after every number. */
function allOf(file: Digest): IDBKeyRange {
  return IDBKeyRange.bound([file], [file, []]);
}

/** Those from the start up to the first gap; `chunks` by offset. */
function contiguous(chunks: readonly ChunkRecord[]): ChunkRecord[] {
  let end = 0;
  return chunks.filter((chunk) => {
    if (chunk.offset !== end) return false;
    end += chunk.data.byteLength;
    return true;
  });
}
