// What V8 says of an isolate's memory, through the inspector that `wrangler dev` opens.
import * as v from 'valibot';

/** Memory of an isolate, MiB. */
export interface Heap {
  /** JavaScript objects in use. */
  readonly objects: number;
  /** What array buffers hold, WASM memories apart. */
  readonly buffers: number;
}

export interface Inspector {
  heap(): Promise<Heap>;
  /** The same after a full garbage collection: what is held, not what is left lying about. */
  heapCollected(): Promise<Heap>;
  /** All WASM memories that are alive, MiB; V8 counts them nowhere. A memory grows and never shrinks. */
  wasm(): Promise<number>;
  close(): void;
}

const Targets = v.tuple([v.object({ webSocketDebuggerUrl: v.string() })]);
const Answer = v.object({ id: v.number(), result: v.unknown() });
const Created = v.object({
  method: v.literal('Runtime.executionContextCreated'),
  params: v.object({ context: v.object({ id: v.number() }) }),
});
const Remote = v.object({ result: v.object({ objectId: v.string() }) });
const Found = v.object({ objects: v.object({ objectId: v.string() }) });
const Value = v.object({ result: v.object({ value: v.number() }) });
const SUM = 'function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) }';
const HeapUsage = v.object({ usedSize: v.number(), backingStorageSize: v.number() });
const MIB = 2 ** 20;

/** @param port of `wrangler dev --inspector-port` */
export async function openInspector(port: number): Promise<Inspector> {
  const [{ webSocketDebuggerUrl }] = v.parse(
    Targets,
    await (await fetch(`http://127.0.0.1:${port}/json`)).json(),
  );
  // wrangler's inspector refuses who does not say where he comes from. The option is Node's own.
  const options: object = { headers: { Origin: 'http://127.0.0.1' } };
  const socket = Reflect.construct(WebSocket, [webSocketDebuggerUrl, options]);
  if (!(socket instanceof WebSocket)) throw new Error('There is no WebSocket here.');
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('The inspector cannot be reached.')));
  });
  let last = 0;
  /** Of the Worker; the inspector knows no default one. */
  let contextId = 0;
  const pending = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message: unknown = JSON.parse(String(data));
    if (v.is(Answer, message)) pending.get(message.id)?.(message.result);
    if (v.is(Created, message)) contextId = message.params.context.id;
  });
  const call = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve) => {
      pending.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  await call('Runtime.enable');
  await call('HeapProfiler.enable');
  const heap = async () => {
    const { usedSize, backingStorageSize } = v.parse(HeapUsage, await call('Runtime.getHeapUsage'));
    return { objects: usedSize / MIB, buffers: backingStorageSize / MIB };
  };
  return {
    heap,
    async heapCollected() {
      await call('HeapProfiler.collectGarbage');
      return heap();
    },
    async wasm() {
      const prototype = v.parse(
        Remote,
        await call('Runtime.evaluate', { expression: 'WebAssembly.Memory.prototype', contextId }),
      );
      const { objects } = v.parse(
        Found,
        await call('Runtime.queryObjects', { prototypeObjectId: prototype.result.objectId }),
      );
      const options = { objectId: objects.objectId, functionDeclaration: SUM, returnByValue: true };
      return v.parse(Value, await call('Runtime.callFunctionOn', options)).result.value / MIB;
    },
    close: () => socket.close(),
  };
}
