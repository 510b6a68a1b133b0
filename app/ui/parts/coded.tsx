// A sentence with code in it: what stands between backticks.
export function Coded({ words }: { readonly words: string }) {
  return <>{words.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</>;
}
