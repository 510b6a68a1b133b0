// Connect: to be written.
export function ConnectScreen({ link }: { readonly link: string | null }) {
  return <p>{link}</p>;
}
