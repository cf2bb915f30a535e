import { compile } from "./compile.ts";
import type { HostCatalogue } from "./compile.ts";
import type { FormDocument } from "./document.ts";
import type { Form } from "./form.ts";
import { formProblemText } from "./problems.ts";

/**
 * A form from its stored document (`form.document`), which was checked when it was saved: reads no YAML and brings
 * neither YAML nor Zod into a browser. Throws when the document does not compile, which is a mistake of the host.
 */
export function openForm(document: FormDocument, host: HostCatalogue = {}): Form {
  const { form, findings } = compile(document, host);
  const [first] = findings;
  if (first) throw new TypeError(`form ${document.key}: ${first.path.join(".")}: ${formProblemText(first, "en")}`);
  return form;
}
