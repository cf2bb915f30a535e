import type { Field, Kind } from "@linija/forms";
import type { ComponentType, ReactNode } from "react";
import { ConsentField } from "./ConsentField.tsx";
import { FileField } from "./FileField.tsx";
import { ChoiceField, ChoicesField, LineField, LongField, MoneyField, MomentField, NumberField, PeriodField, YesNoField, type FieldProps } from "./simple.tsx";
import { AddressField, LookupField, PartsField } from "./wide.tsx";

/** What draws each kind; tables and groups draw others within them and stand apart. */
const drawers: Readonly<Record<Exclude<Kind, "table" | "group">, ComponentType<FieldProps>>> = {
  text: LineField, phone: LineField, email: LineField, date: LineField, long_text: LongField, number: NumberField, yes_no: YesNoField,
  choice: ChoiceField, choices: ChoicesField, money: MoneyField, moment: MomentField, period: PeriodField,
  person: PartsField, document: PartsField, address: AddressField, lookup: LookupField, file: FileField, consent: ConsentField,
};

export function draw(field: Field, path: string): ReactNode {
  if (field.kind === "table" || field.kind === "group") return null;
  const Drawer = drawers[field.kind];
  return <Drawer field={field} path={path} />;
}
