// Writes a zip, uncompressed (photos and floats do not shrink), into a Blob: the browser keeps its parts, on disk if it
// likes, so that memory holds one entry at a time. The same entries give the same bytes.
import { Zip, ZipPassThrough } from 'fflate';

/** The earliest date of a zip, in the local time that zips are written in. */
const DATE = new Date(1980, 0, 1);

export interface ZipWriter {
  add(name: string, bytes: Uint8Array<ArrayBuffer>): void;
  /** Ends it. */
  finish(): Blob;
}

export function createZip(): ZipWriter {
  const parts: Blob[] = [];
  const zip = new Zip((error, part) => {
    if (error !== null) throw error;
    parts.push(new Blob([part]));
  });
  return {
    add: (name, bytes) => {
      const entry = new ZipPassThrough(name);
      entry.mtime = DATE;
      zip.add(entry);
      entry.push(bytes, true);
    },
    finish: () => {
      zip.end();
      return new Blob(parts, { type: 'application/zip' });
    },
  };
}
