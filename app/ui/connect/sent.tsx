// Everything that has left this device, line by line, to the byte.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { formatBytes } from '../../format.ts';
import type { SentRecord } from '../../storage/schema.ts';
import { language, text } from '../../text/text.ts';
import { whenOf } from './asked-section.tsx';

const LINES = 50;

export function Sent() {
  const { storage, sync } = useApp();
  const lines = useSignal<readonly SentRecord[]>([]);
  const words = text.value.connect.sent;
  const total = sync.sentBytes.value;
  useEffect(() => {
    storage.sent(LINES).then(
      (found) => {
        lines.value = found;
      },
      () => {},
    );
  }, [storage, total, sync.state.value, lines]);
  return (
    <section class="card stack" aria-labelledby="connect-sent">
      <h2 id="connect-sent">{words.title}</h2>
      <p>{lines.value.length === 0 ? words.none : words.total(formatBytes(total))}</p>
      {lines.value.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
        <section class="scroll" tabIndex={0} aria-label={words.title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.when}</th>
                <th scope="col">{words.what}</th>
                <th scope="col">{words.bytes}</th>
              </tr>
            </thead>
            <tbody>
              {lines.value.map(({ id, at, what, to, bytes }) => (
                <tr key={id}>
                  <td>{whenOf(at, language.value)}</td>
                  <td title={to}>{words.kinds[what]}</td>
                  <td>{formatBytes(bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
