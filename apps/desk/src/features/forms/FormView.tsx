import { fieldAt, type Field, type Form } from "@linija/forms";
// The package's own door also brings Ajv, which makes code from text and is refused by our pages' policy.
import Rjsf from "@rjsf/core/lib/components/Form.js";
import type { FieldProps as RjsfFieldProps, ObjectFieldTemplateProps, RegistryFieldsType, TemplatesType, UiSchema, ValidatorType } from "@rjsf/utils";
import { memo, useEffect, useMemo, type ComponentType } from "react";
import { draw } from "./kinds.tsx";
import { Cell } from "./Cell.tsx";
import { Progress } from "./Progress.tsx";
import { TableField } from "./TableField.tsx";
import { FillingContext, useFilling, useLanguage, useStore, type FormDeeds } from "./useForm.tsx";
import type { FormStore } from "./store.ts";
import css from "./forms.module.css";

/**
 * Judging is done by packages/forms, the same as on the server: to the renderer every form is right, and it asks nothing
 * of a schema that has no alternatives.
 */
const judge: ValidatorType = {
  validateFormData: () => ({ errors: [], errorSchema: {} }), isValid: () => true, rawValidation: () => ({ errors: [] }) as never, reset: () => undefined,
};

const OneField: ComponentType<RjsfFieldProps> = ({ fieldPathId }) => {
  const { store } = useFilling();
  const path = fieldPathId.path.join(".");
  const field = fieldAt(store.form.fields, path);
  if (!field) return null;
  return <Cell field={field} path={path}>{field.kind === "table" ? <TableField field={field} path={path} /> : draw(field, path)}</Cell>;
};

const fields = { linija: OneField } as unknown as RegistryFieldsType;
const templates: Partial<TemplatesType> = {
  FieldTemplate: ({ children }) => children,
  ObjectFieldTemplate: (props) => (props.fieldPathId.path.length === 0 ? <Sections {...props} /> : <Group {...props} />),
};

/** Sections of the layout, each with its own columns; one with nothing to show is not there. */
function Sections({ properties }: ObjectFieldTemplateProps) {
  const { store, language, prefix } = useFilling();
  const drawn = new Map(properties.map(({ name, content }) => [name, content]));
  const whole = store.form.document.name[language];
  return store.form.sections.map((section) => (
    <div key={section.key} className={css.section} role="group" aria-labelledby={`${prefix}-section-${section.key}`}>
      {/* A form without sections has one of its own name, which stands above it already. */}
      <div className={section.name[language] === whole ? "visually-hidden" : css.sectionName} id={`${prefix}-section-${section.key}`}>{section.name[language]}</div>
      {section.hint && <p className={css.hint}>{section.hint[language]}</p>}
      <div className={css.grid} data-columns={section.columns}>{section.fields.map(({ path }) => drawn.get(path))}</div>
    </div>
  ));
}

function Group({ properties, fieldPathId }: ObjectFieldTemplateProps) {
  const { store, language } = useFilling();
  const path = fieldPathId.path.join(".");
  const field = fieldAt(store.form.fields, path);
  const isVisible = useStore((one) => one.isShown(path));
  if (!isVisible || !field) return null;
  return <fieldset className={css.group}><legend className={css.label}>{field.name[language]}</legend><div className={css.grid} data-columns={2}>{properties.map(({ name, content }) => <div key={name} className={css.contents}>{content}</div>)}</div></fieldset>;
}

/** Groups are walked by the renderer; everything else of ours is one field to it. */
function uiOf(parts: ReadonlyMap<string, Field>): UiSchema {
  return Object.fromEntries([...parts].map(([key, field]) => [key, field.kind === "group" ? uiOf(field.parts) : { "ui:field": "linija" }]));
}

/** Types are the renderer's only question: limits and patterns are judged elsewhere. */
function shapeOf(parts: ReadonlyMap<string, Field>): object {
  return { type: "object", properties: Object.fromEntries([...parts].map(([key, field]) => [key, field.kind === "group" ? shapeOf(field.parts) : { type: field.document.type ?? "string" }])) };
}

const nothing = {};
const Drawn = memo(function Drawn({ form }: { form: Form }) {
  const ui = useMemo(() => uiOf(form.fields), [form]);
  const schema = useMemo(() => shapeOf(form.fields), [form]);
  // Values live in the store: handed to the renderer they would make it walk the whole form at every key.
  return <Rjsf tagName="div" schema={schema} uiSchema={ui} validator={judge} formData={nothing} fields={fields} templates={templates} noValidate><></></Rjsf>;
});

interface Props { store: FormStore; deeds: FormDeeds; readOnly?: boolean; prefix: string; language?: "en" | "ru" | "sl"; bar?: boolean }

/** A form to be filled, or one that was. */
export function FormView({ store, deeds, readOnly = false, prefix, language, bar = true }: Props) {
  const spoken = useLanguage();
  const filling = useMemo(() => ({ store, deeds, readOnly, prefix, language: language ?? spoken }), [store, deeds, readOnly, prefix, language, spoken]);
  useEffect(() => () => store.stop(), [store]);
  return (
    <FillingContext value={filling}>
      <div className={css.form} lang={language} data-reads={readOnly || undefined}>
        {bar && !readOnly && <Progress />}
        <Drawn form={store.form} />
      </div>
    </FillingContext>
  );
}
