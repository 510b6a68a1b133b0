// What is shown instead of the app when its storage cannot be opened: without it nothing could be kept.
import { DeviceError } from '../../failure.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';

export function StartFailure({ error }: { readonly error: unknown }) {
  const { title, detail } = text.value.failures[codeOf(error)];
  return (
    <main id="main" class="start-failure">
      <div role="alert">
        <h1>{title}</h1>
        <p>{detail}</p>
      </div>
      <Button kind="primary" onClick={() => location.reload()}>
        {text.value.common.retry}
      </Button>
    </main>
  );
}

function codeOf(error: unknown): 'storage_closed' | 'storage_full' | 'storage_unavailable' {
  const code = error instanceof DeviceError ? error.code : null;
  return code === 'storage_closed' || code === 'storage_full' ? code : 'storage_unavailable';
}
