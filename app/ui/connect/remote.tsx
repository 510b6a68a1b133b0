// A list that is at the server: asked for when it is shown and when the network is back, and what is seen meanwhile.
import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Client } from '../../../src/client/client.ts';
import { useApp } from '../../app.ts';
import { failureText } from '../../text/failure-text.ts';
import { more } from '../../text/more.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';

export interface Remote<T> {
  /** The last answer; null: none yet. */
  readonly value: ReadonlySignal<T | null>;
  /** Why the last attempt failed. */
  readonly error: ReadonlySignal<unknown>;
  reload(): Promise<void>;
}

/** @param load the same function whenever `key` is the same */
export function useRemote<T>(load: (client: Client) => Promise<T>, key = ''): Remote<T> {
  const { sync } = useApp();
  const value = useSignal<T | null>(null);
  const error = useSignal<unknown>(null);
  async function reload(): Promise<void> {
    try {
      const answer = await load(sync.client());
      value.value = answer;
      error.value = null;
    } catch (reason) {
      error.value = reason;
    }
  }
  useEffect(() => {
    const again = () => void reload();
    again();
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, [key]);
  return { value, error, reload };
}

/** Shows the list, or that it is not there and why. */
export function Loaded<T>({
  remote,
  children,
}: {
  readonly remote: Remote<T>;
  readonly children: (value: T) => VNode;
}) {
  const words = more.value.connect;
  const value = remote.value.value;
  const error = remote.error.value;
  if (error === null) return value === null ? <p class="note">{words.loading}</p> : children(value);
  // One word about it at the top of the screen is enough.
  if (!navigator.onLine && value === null) return <p class="note">{words.failedToLoad}</p>;
  const { title, detail } = failureText(error);
  return (
    <>
      <div class="failure-note">
        <p>
          <strong>{title}.</strong> {value === null && words.failedToLoad} {detail}
        </p>
        <Button onClick={() => remote.reload()}>{text.value.common.retry}</Button>
      </div>
      {value !== null && children(value)}
    </>
  );
}
