import { useState } from "react";
import { useIntl } from "react-intl";
import { readOf, writtenOf } from "./numbers.ts";

/**
 * A number in a box: what is being typed stays as it is typed; once it is left, it stands as the reader's language writes it.
 * @param exact as it is kept, with a point; what is no number is shown as it is
 */
export function useTyped(exact: string, readOnly = false): { shown: string; type: (text: string) => void; leave: () => void; locale: string } {
  const { locale } = useIntl();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = readOnly ? readOf(exact, locale) : (typed ?? writtenOf(exact, locale));
  return { shown, locale, type: setTyped, leave: () => setTyped(null) };
}
