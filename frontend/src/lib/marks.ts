/** A piece of a text, and whether it is marked. */
export type Piece = { text: string; marked: boolean };

/** Cuts a text where marks begin and end. They count characters, not the halves of which JavaScript has some. */
export function pieces(text: string, marks: [number, number][]): Piece[] {
  const characters = Array.from(text);
  const cut = (from: number, to: number, marked: boolean) => ({ text: characters.slice(from, to).join(""), marked });
  let at = 0;
  const all = marks.flatMap(([from, to]) => {
    const two = [cut(at, from, false), cut(Math.max(at, from), to, true)];
    at = Math.max(at, to);
    return two;
  });
  return [...all, cut(at, characters.length, false)].filter((piece) => piece.text !== "");
}
