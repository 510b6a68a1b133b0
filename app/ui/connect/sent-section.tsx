// What left this device, line by line.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { formatBytes } from '../../format.ts';
import type { SentRecord } from '../../storage/schema.ts';
import { more } from '../../text/more.ts';
import { language } from '../../text/text.ts';
import { showFailure } from '../toasts.ts';

/** Lines that are shown. */
const LINES = 100;

export function SentSection() {
  const { storage, sync } = useApp();
  const words = more.value.connect.sent;
  const lines = useSignal<readonly SentRecord[]>([]);
  const total = sync.sentBytes.value;
  useEffect(() => {
    void storage.sent(LINES).then((latest) => {
      lines.value = latest;
    }, showFailure);
  }, [total, storage]);
  const when = new Intl.DateTimeFormat(language.value, { dateStyle: 'short', timeStyle: 'short' });
  const bytes = new Intl.NumberFormat(language.value);
  return (
    <section class="card stack" aria-labelledby="connect-sent">
      <h2 id="connect-sent">{words.title}</h2>
      <p>
        {words.intro} <strong>{lines.value.length > 0 && words.total(formatBytes(total))}</strong>
      </p>
      {lines.value.length === 0 ? (
        <p class="note">{words.none}</p>
      ) : (
        <table class="sent-table">
          <thead>
            <tr>
              <th scope="col">{words.columns.when}</th>
              <th scope="col">{words.columns.what}</th>
              <th scope="col" class="number">
                {words.columns.bytes}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.value.map((line) => (
              <tr key={line.id}>
                <td>{when.format(line.at)}</td>
                <td>
                  {words.what[line.what]} <small>{shortPath(line.to)}</small>
                </td>
                <td class="number">{bytes.format(line.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {lines.value.length === LINES && <p class="note">{words.latest(LINES)}</p>}
    </section>
  );
}

/** Where it went, without the ids in between. */
function shortPath(to: string): string {
  return new URL(to).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…');
}
