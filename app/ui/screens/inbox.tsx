// Inbox: to be written.
export function InboxScreen() {
  return <p>Inbox</p>;
}
