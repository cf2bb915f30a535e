type Listener = (ticketId: string, transition: string) => void;
const listeners = new Set<Listener>();

/** Another part of the screen proposes a transition: its form opens as if its button had been pressed. */
export const askTransition = (ticketId: string, transition: string): void => { for (const listener of listeners) listener(ticketId, transition); };
export function onAsked(listener: Listener): () => void {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}
