// Says on the home screen that photos have arrived from outside, and leads to them; nothing when there are none.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { text } from '../../text/text.ts';
import { hrefOf } from '../router.ts';

export function InboxHint() {
  const { storage } = useApp();
  const count = useSignal(0);
  useEffect(() => {
    const load = async () => {
      count.value = (await storage.inbox()).length;
    };
    void load();
    return storage.onChange(({ what }) => {
      if (what === 'inbox') void load();
    });
  }, [storage, count]);
  const words = text.value.inbox;
  if (count.value === 0) return null;
  return (
    <p class="inbox-hint card">
      {words.hint(count.value)} <a href={hrefOf({ screen: 'inbox' })}>{words.sort}</a>
    </p>
  );
}
