// A screen that is fetched when it is first shown; the service worker keeps it, so that this works offline too.
import { useSignal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { failureText } from '../text/failure-text.ts';
import { text } from '../text/text.ts';
import { Button } from './parts/button.tsx';

/** A component in the place of one that `load` brings. */
export function lazy<Props>(load: () => Promise<FunctionComponent<Props>>): FunctionComponent<Props> {
  let loaded: FunctionComponent<Props> | null = null;
  return function Lazy(props: Props) {
    const ready = useSignal(loaded !== null);
    const error = useSignal<unknown>(null);
    const begin = () => {
      error.value = null;
      load().then(
        (component) => {
          loaded = component;
          ready.value = true;
        },
        (reason: unknown) => {
          error.value = reason;
        },
      );
    };
    useEffect(() => {
      if (loaded === null) begin();
    }, []);
    if (ready.value && loaded !== null) {
      const Component = loaded;
      return <Component {...(props as Props & Record<string, unknown>)} />;
    }
    if (error.value === null) return null;
    const { title, detail } = failureText(error.value);
    return (
      <div class="failure-note" role="alert">
        <p>
          <strong>{title}</strong>
        </p>
        <p>{detail}</p>
        <Button onClick={begin}>{text.value.common.retry}</Button>
      </div>
    );
  };
}
