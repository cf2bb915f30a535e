import { fieldProblemText, valueAt, type Field, type FieldProblem, type Language } from "@linija/forms";
import { createContext, useContext, useSyncExternalStore } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { readOf } from "../../shared/numbers.ts";
import type { FormStore } from "./store.ts";
import type { WaitingFiles } from "./waiting.ts";

/** What fields ask of the world around the form; absent where there is none of it, as in a preview. */
export interface FormDeeds {
  projectKey: string;
  formId: string;
  country: string;
  /** The conversation in which a consent is given, and how long it has lasted. */
  call?: { id: string; startedAt: string | null } | undefined;
  reveal?: ((path: string, reason: string) => Promise<unknown>) | undefined;
  files?: WaitingFiles | undefined;
  fileName?: ((id: string) => { name: string; href: string | null } | null) | undefined;
  /** Opens who filled a place when, and what stood there before. */
  history?: ((path: string) => void) | undefined;
  /** Where somebody is now; null when they left. */
  at?: ((path: string | null) => void) | undefined;
  /** The client's page has no candidates of ours. */
  isPublic?: boolean;
}
export interface Filling { store: FormStore; deeds: FormDeeds; readOnly: boolean; language: Language; /** Ids of two forms on one page do not meet. */ prefix: string }

export const FillingContext = createContext<Filling | null>(null);

export function useFilling(): Filling {
  const filling = useContext(FillingContext);
  if (!filling) throw new Error("a field stands in no form");
  return filling;
}

/** Reads something of the form; the reader is drawn again when just that changes. */
export function useStore<T>(read: (store: FormStore) => T): T {
  const { store } = useFilling();
  return useSyncExternalStore(store.subscribe, () => read(store));
}

export const useLanguage = (): Language => useIntl().locale.slice(0, 2) as Language;
/** Where the input of a place is found: by the bar of what is missing, by tests and by labels. */
export const inputId = (prefix: string, path: string): string => `${prefix}-${path.replaceAll(".", "-")}`;

/** One place of a form as an input needs it. `path` names the row in a table: `equipment.0.price`. */
export function usePlace(field: Field, path: string) {
  const { store, readOnly, language, prefix, deeds } = useFilling();
  const value = useStore((one) => valueAt(one.data, path));
  const problem = useStore((one) => one.problemAt(path));
  const refused = useStore((one) => one.refusedAt(path));
  const required = useStore((one) => one.state.required.includes(path));
  const told = useProblem(field);
  const fixed = store.form.computed.has(field.path) || field.document.readOnly === true;
  return {
    value, set: (next: unknown) => store.write(path, next === "" ? null : next), id: inputId(prefix, path), required,
    label: field.name[language], hint: field.document["x-hint"]?.[language], example: field.document["x-example"] ?? field.document["x-template"],
    error: problem ? told(problem) : refused, readOnly: readOnly || fixed, fixed,
    onBlur: () => { store.touch(path); store.leave(); deeds.at?.(null); }, onFocus: () => { store.enter(path); deeds.at?.(path); },
  };
}

/** What is no number is told by how one is written in the reader's language. */
function useProblem({ kind, document }: Field): (problem: FieldProblem) => string {
  const t = useT();
  const { locale } = useIntl();
  const { language } = useFilling();
  return (problem) => (kind === "number" && problem.code === "wrong_type" ? t("number.wrong", { example: readOf(document.type === "integer" ? "1234" : "1234.5", locale) }) : fieldProblemText(problem, language));
}
export type Place = ReturnType<typeof usePlace>;

/** What every Mantine input is given of a place. */
export const inputProps = ({ id, label, hint, error, required, readOnly, onBlur, onFocus, fixed }: Place) =>
  ({ id, label, description: hint, error, withAsterisk: required, readOnly, onBlur, onFocus, variant: readOnly && fixed ? "filled" : "default", autoComplete: "off" }) as const;
