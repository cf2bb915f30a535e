import { sayExpression, tokenize, type Catalogue, type Completion } from "@linija/rules";
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useLanguage } from "./catalogue.ts";
import css from "./rules.module.css";

interface Props {
  label: string; value: string; onChange: (value: string) => void; catalogue: Catalogue; problem?: string | undefined; readOnly?: boolean;
  /** What is wrong is told elsewhere: only marked. */
  isWrong?: boolean;
  /** Shown under it in words of the reader's language. */
  inWords?: boolean;
  /** Offered before anything is typed: values the target may have. */
  values?: readonly { value: string; label: string }[];
}

/** After a name begun, a dot, or a comparison: elsewhere nothing is offered unasked. */
const OFFERS = /(?:^|[^\w"'])[A-Za-z_]\w*$|\.$|[=!]=\s*["']?\w*$/;

/** One expression: coloured as it is typed, with what may be written at the cursor. Typed text becomes a change when the field is left. */
export function ExpressionInput({ label, value, onChange, catalogue, problem, isWrong = problem !== undefined, readOnly = false, inWords = false, values = [] }: Props) {
  const language = useLanguage();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [offer, setOffer] = useState<{ items: Completion[]; at: number } | null>(null);
  const text = typed ?? value;
  useLayoutEffect(() => { const area = box.current!; area.style.height = "0"; area.style.height = `${area.scrollHeight}px`; }, [text]);
  const commit = (next = text): void => { setOffer(null); setTyped(null); if (next.trim() !== value) onChange(next.trim()); };
  const look = (next: string, cursor: number, isAsked = false): void => {
    if (!isAsked && next.trim() !== "" && !OFFERS.test(next.slice(0, cursor))) { setOffer(null); return; }
    const items = next.trim() === "" && values.length > 0 ? values.map((one) => completion(one, next)) : catalogue.complete(next, cursor, { language });
    const isWritten = items.length === 1 && next.slice(items[0]!.from, items[0]!.to) === items[0]!.insert;
    setOffer(items.length > 0 && !isWritten ? { items: items.slice(0, 40), at: 0 } : null);
  };
  const take = (item: Completion): void => {
    const next = text.slice(0, item.from) + item.insert + text.slice(item.to);
    setTyped(next);
    setOffer(null);
    const cursor = item.from + item.insert.length;
    requestAnimationFrame(() => { box.current?.focus(); box.current?.setSelectionRange(cursor, cursor); });
  };
  const keys = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === " " && event.ctrlKey) { event.preventDefault(); look(text, event.currentTarget.selectionStart, true); return; }
    if (!offer) { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); commit(); } return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) { event.preventDefault(); setOffer({ ...offer, at: (offer.at + step + offer.items.length) % offer.items.length }); } else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); take(offer.items[offer.at]!); } else if (event.key === "Escape") { event.stopPropagation(); setOffer(null); }
  };
  const words = inWords && text.trim() !== "" ? inWordsOf(text.trim(), values) ?? sayExpression(text, language, catalogue) : "";
  return (
    <div className={css.expression} data-typing>
      <div className={css.code} data-wrong={isWrong || undefined}>
        <Coloured text={text} />
        <textarea ref={box} value={text} rows={1} spellCheck={false} autoComplete="off" readOnly={readOnly} aria-label={label} aria-invalid={isWrong} aria-describedby={problem ? `${id}-problem` : undefined}
          aria-autocomplete="list" aria-haspopup="listbox" aria-controls={offer ? `${id}-offer` : undefined} aria-activedescendant={offer ? `${id}-${offer.at}` : undefined}
          onChange={(event) => { setTyped(event.currentTarget.value); look(event.currentTarget.value, event.currentTarget.selectionStart); }} onKeyDown={keys} onBlur={() => commit()}
          onFocus={(event) => { if (text.trim() === "") look(text, event.currentTarget.selectionStart); }} />
        {offer && <Offer id={id} offer={offer} onTake={take} />}
      </div>
      {problem && <p id={`${id}-problem`} className={css.problem} role="alert">{problem}</p>}
      {words !== "" && words !== text && <p className={css.words}>{words}</p>}
    </div>
  );
}

/** A value by its name; a text that has none says itself. */
const inWordsOf = (text: string, values: NonNullable<Props["values"]>): string | undefined => values.find(({ value }) => value === text)?.label ?? (/^"[^"\\]*"$/.test(text) ? "" : undefined);

const completion = ({ value, label }: { value: string; label: string }, text: string): Completion => ({ insert: value, kind: "value", detail: "", doc: label, from: 0, to: text.length });

/** The same text behind the field, in colours; the field's own letters are clear. */
export function Coloured({ text }: { text: string }) {
  const parts = [];
  let at = 0;
  for (const token of tokenize(text)) {
    if (token.from > at) parts.push(text.slice(at, token.from));
    parts.push(<span key={token.from} data-token={token.kind}>{text.slice(token.from, token.to)}</span>);
    at = token.to;
  }
  return <pre aria-hidden className={css.coloured}>{parts}{text.slice(at)}{"\u200b"}</pre>;
}

function Offer({ id, offer, onTake }: { id: string; offer: { items: Completion[]; at: number }; onTake: (item: Completion) => void }) {
  const t = useT();
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => { list.current?.children[offer.at]?.scrollIntoView({ block: "nearest" }); }, [offer.at]);
  return (
    <ul ref={list} id={`${id}-offer`} className={css.offer} role="listbox" aria-label={t("rules.offered")}>
      {offer.items.map((item, index) => (
        // The field keeps the focus: a press must not take it.
        <li key={`${item.kind}${item.insert}`} id={`${id}-${index}`} role="option" aria-selected={index === offer.at} data-kind={item.kind} onMouseDown={(event) => { event.preventDefault(); onTake(item); }}>
          <code>{item.insert}</code><span className={css.detail}>{item.detail}</span><span className={css.doc}>{item.doc}</span>
        </li>
      ))}
    </ul>
  );
}
