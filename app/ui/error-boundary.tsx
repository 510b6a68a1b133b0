// A screen that throws is replaced by words; the frame and the other screens stay.
import { Component, type ComponentChildren } from 'preact';
import { text } from '../text/text.ts';
import { Button } from './parts/button.tsx';

export class ErrorBoundary extends Component<
  { readonly children: ComponentChildren },
  { readonly failed: boolean }
> {
  override state = { failed: false };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ failed: true });
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    const { title, detail } = text.value.shell.crashed;
    return (
      <div class="screen" role="alert">
        <h1>{title}</h1>
        <p>{detail}</p>
        <Button kind="primary" onClick={() => this.setState({ failed: false })}>
          {text.value.common.retry}
        </Button>
      </div>
    );
  }
}
