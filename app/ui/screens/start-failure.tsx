// What is shown instead of the app when its storage cannot be opened: without it nothing could be kept.
import { failureText } from '../../text/failure-text.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';

export function StartFailure({ error }: { readonly error: unknown }) {
  const { title, detail } = failureText(error);
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
