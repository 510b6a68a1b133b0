// The trunk on this device: fetched once, piece by piece, kept in Cache Storage under its own URLs, and read from there
// without a network ever after. A download that was cut off goes on where it stopped.
import * as v from 'valibot';
import { sha256Hex } from '../../src/contract/digest.ts';
import { ModelName } from '../../src/contract/ids.ts';
import { ModelManifest } from '../../src/contract/manifest.ts';
import { DeviceError } from '../failure.ts';
import type { Storage } from '../storage/storage.ts';
import { TRUNK_CACHE } from '../sw/names.ts';
import type { TrunkFiles } from './protocol.ts';

const INDEX = '/models/index.json';
/** A piece is stored when it is so large, bytes. */
const CHUNK_BYTES = 128 * 1024;
/** Files of a trunk that the app does without. */
const UNUSED = ['LICENSE'];

const Index = v.object({ models: v.pipe(v.array(ModelName), v.minLength(1)) });

type ManifestFile = ModelManifest['files'][number];

export interface TrunkStoreOptions {
  readonly storage: Pick<Storage, 'chunks' | 'addChunk' | 'deleteChunks'>;
  readonly fetch?: typeof globalThis.fetch;
  /** Null where the browser keeps no caches, such as in some private windows. */
  readonly caches?: CacheStorage | null;
}

export interface TrunkStore {
  /**
   * The kept trunk, or the server's, which is then kept. A kept one needs no network.
   * @param onProgress bytes there and bytes in all, while something is fetched
   * @throws DeviceError `offline`, `download_failed`
   */
  load(onProgress: (done: number, of: number) => void): Promise<TrunkFiles>;
  /** Whether the server has another trunk by now; if so it is fetched and kept for the next start. */
  refresh(): Promise<boolean>;
}

export function createTrunkStore({
  storage,
  fetch = (input, init) => globalThis.fetch(input, init),
  caches = globalThis.caches ?? null,
}: TrunkStoreOptions): TrunkStore {
  const cache = async () => caches?.open(TRUNK_CACHE).catch(() => null) ?? null;

  /** @throws DeviceError `offline`, `download_failed` */
  async function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(url, { headers, cache: 'no-cache' }).catch((cause: unknown) => {
      throw new DeviceError('offline', { cause, detail: url });
    });
    if (response.ok) return response;
    throw new DeviceError('download_failed', { detail: `${url}: status ${response.status}` });
  }

  async function kept(url: string): Promise<Response | null> {
    return (await (await cache())?.match(url)) ?? null;
  }

  async function keep(url: string, response: Response): Promise<void> {
    // Where it cannot be kept, the trunk is fetched again at the next start: slower, but nothing is lost.
    await (await cache())?.put(url, response).catch(() => {});
  }

  /** The manifest as this device keeps it, or the server's. */
  async function manifestFrom(read: (url: string) => Promise<Response | null>): Promise<{
    readonly manifest: ModelManifest;
    readonly texts: readonly (readonly [string, string])[];
  } | null> {
    const index = await (await read(INDEX))?.text();
    const [name] = index === undefined ? [] : (parsed(Index, index)?.models ?? []);
    if (index === undefined || name === undefined) return null;
    const url = `/models/${name}/manifest.json`;
    const text = await (await read(url))?.text();
    const manifest = text === undefined ? null : parsed(ModelManifest, text);
    if (text === undefined || manifest === null) return null;
    return {
      manifest,
      texts: [
        [INDEX, index],
        [url, text],
      ],
    };
  }

  async function readKept(manifest: ModelManifest): Promise<TrunkFiles | null> {
    const files = new Map<string, ArrayBuffer>();
    for (const file of filesOf(manifest)) {
      const data = await (await kept(urlOf(manifest, file)))?.arrayBuffer();
      if (data === undefined || data.byteLength !== file.bytes) return null;
      files.set(file.path, data);
    }
    return { manifest, files };
  }

  async function download(
    {
      manifest,
      texts,
    }: { readonly manifest: ModelManifest; readonly texts: readonly (readonly [string, string])[] },
    onProgress: (done: number, of: number) => void,
  ): Promise<TrunkFiles> {
    const wanted = filesOf(manifest);
    const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
    const files = new Map<string, ArrayBuffer>();
    let before = 0;
    for (const file of wanted) {
      const data = await downloadFile(manifest, file, (done) => onProgress(before + done, total));
      before += file.bytes;
      files.set(file.path, data);
    }
    // Last, so that a manifest is kept only with all of its files.
    for (const [url, text] of texts)
      await keep(url, new Response(text, { headers: { 'Content-Type': 'application/json' } }));
    return { manifest, files };
  }

  async function downloadFile(
    manifest: ModelManifest,
    file: ManifestFile,
    onProgress: (done: number) => void,
  ): Promise<ArrayBuffer> {
    const url = urlOf(manifest, file);
    const there = await (await kept(url))?.arrayBuffer();
    if (there !== undefined && (await isWhole(file, there))) {
      onProgress(file.bytes);
      return there;
    }
    for (const attempt of [1, 2]) {
      const data = await fetchFrom(url, file, onProgress);
      await storage.deleteChunks(file.sha256).catch(() => {});
      if (await isWhole(file, data)) {
        const type = file.path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
        await keep(url, new Response(data, { headers: { 'Content-Type': type } }));
        return data;
      }
      if (attempt === 2) break;
    }
    throw new DeviceError('download_failed', { detail: `${url} is not what its digest says.` });
  }

  /** The pieces that are here already, and the rest from the server; what arrives is stored as it comes. */
  async function fetchFrom(
    url: string,
    file: ManifestFile,
    onProgress: (done: number) => void,
  ): Promise<ArrayBuffer> {
    const whole = new Uint8Array(file.bytes);
    let done = 0;
    for (const { data } of await storage.chunks(file.sha256).catch(() => [])) {
      if (done + data.byteLength > file.bytes) break;
      whole.set(new Uint8Array(data), done);
      done += data.byteLength;
    }
    onProgress(done);
    if (done === file.bytes) return whole.buffer;
    const response = await get(url, done === 0 ? {} : { Range: `bytes=${done}-` });
    // A server that knows no ranges starts again.
    if (response.status !== 206) done = 0;
    const from = done;
    let stored = done;
    const store = async () => {
      // A full disk does not stop a download: it only could not be resumed.
      const data = whole.slice(stored, done).buffer;
      await storage.addChunk({ file: file.sha256, offset: stored, data }).catch(() => {});
      stored = done;
    };
    const reader = response.body?.getReader();
    try {
      for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
        if (done + next.value.length > file.bytes) break;
        whole.set(next.value, done);
        done += next.value.length;
        onProgress(done);
        if (done - stored >= CHUNK_BYTES) await store();
      }
    } catch (cause) {
      if (done > stored) await store();
      throw new DeviceError('offline', { cause, detail: `${url}: ${done} of ${file.bytes} bytes` });
    }
    if (done < file.bytes) {
      // It ended early without an error, as behind some proxies.
      if (done > stored) await store();
      const code = done === from ? 'download_failed' : 'offline';
      throw new DeviceError(code, { detail: `${url} ended at ${done} of ${file.bytes} bytes.` });
    }
    return whole.buffer;
  }

  return {
    async load(onProgress) {
      const here = await manifestFrom(kept);
      const trunk = here && (await readKept(here.manifest));
      if (trunk !== null) return trunk;
      const there = await manifestFrom(get);
      if (there === null) throw new DeviceError('download_failed', { detail: `${INDEX} names no trunk.` });
      return download(there, onProgress);
    },

    async refresh() {
      const [here, there] = await Promise.all([manifestFrom(kept), manifestFrom(get)]);
      if (there === null || here?.manifest.digest === there.manifest.digest) return false;
      await download(there, () => {});
      return true;
    },
  };
}

/** Where the files are that a device keeps of a trunk. */
export function keptUrls(manifest: ModelManifest): readonly string[] {
  return filesOf(manifest).map((file) => urlOf(manifest, file));
}

function filesOf({ files }: ModelManifest): readonly ManifestFile[] {
  return files.filter(({ path }) => !UNUSED.includes(path));
}

function urlOf({ name }: ModelManifest, { path }: ManifestFile): string {
  return `/models/${name}/${path}`;
}

async function isWhole({ bytes, sha256 }: ManifestFile, data: ArrayBuffer): Promise<boolean> {
  return data.byteLength === bytes && (await sha256Hex(new Uint8Array(data))) === sha256;
}

/** Null for what is not JSON, or not of the schema. */
function parsed<S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> | null {
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}
