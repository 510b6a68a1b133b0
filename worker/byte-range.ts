// Range requests: the header -> which bytes, and a stream -> those bytes of it. One range; several are answered whole,
// as a server may. Pure but for the stream. @see https://www.rfc-editor.org/rfc/rfc9110#section-14

/** Bytes `start` to `end`, both included; or everything; or nothing that there is. */
export type ByteRange =
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'whole' }
  | { readonly kind: 'unsatisfiable' };

/**
 * What a GET asks for of a representation of `size` bytes. A header that is malformed, in other units or with several
 * ranges is ignored; so is every range when `If-Range` names another version, for a part of one and the rest of another
 * would be no file.
 * @param options.etag strong entity tag of the representation, null: there is none
 */
export function rangeOf(
  header: string | undefined,
  {
    size,
    etag,
    ifRange,
  }: { readonly size: number; readonly etag: string | null; readonly ifRange?: string | undefined },
): ByteRange {
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return { kind: 'whole' };
  // A date never matches: a deployment's assets have none. Nor does a weak tag, here or there.
  if (ifRange !== undefined && (ifRange !== etag || etag.startsWith('W/'))) return { kind: 'whole' };
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  return start < size ? { kind: 'part', start, end } : { kind: 'unsatisfiable' };
}

/** Bytes `start` to `end`, both included, of a stream, which is cancelled once they have passed. */
export function sliceStream(
  body: ReadableStream<Uint8Array>,
  { start, end }: { readonly start: number; readonly end: number },
): ReadableStream<Uint8Array> {
  let at = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
        at += chunk.length;
        if (part.length > 0) controller.enqueue(part);
        if (at > end) controller.terminate();
      },
    }),
  );
}
