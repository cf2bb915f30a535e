export { FIELD_NAME, fieldSchema, formSchema, keepable, kinds, languages, sectionSchema, type FieldDocument, type FormData, type FormDocument, type Kind, type Language, type Section, type Text } from "./document.ts";
export { EXAMPLE } from "./example.ts";
