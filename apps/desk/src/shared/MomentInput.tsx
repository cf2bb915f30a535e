import { TextInput, type TextInputProps } from "@mantine/core";
import { Moment } from "./clock.tsx";

/**
 * A moment typed in the browser's own field: digits only, no mouse needed. That field speaks the browser's language, so
 * what was typed is read back beneath in the desk's, with its clock of 24 hours.
 */
export function MomentInput({ value, onChange, description, ...input }: Omit<TextInputProps, "value" | "onChange" | "type"> & { value: string; onChange: (value: string) => void }) {
  const at = value && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : null;
  return <TextInput {...input} type="datetime-local" value={value} onChange={(event) => onChange(event.currentTarget.value)} description={at ? <Moment at={at} full zone /> : description} />;
}
