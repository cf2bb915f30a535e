import { EXAMPLE, formHost, readForm } from "@linija/forms";
import { inTx, type Ctx } from "../../platform/db.ts";
import { placesKind } from "./forms.addresses.service.ts";
import { formsKind, type UsedForm } from "./forms.definitions.ts";
import { putFormInUse } from "./forms.sql.ts";

/** Puts a form in use in a project as saving its text does; the example unless told. Gives the version's id. */
export async function buildForm(ctx: Ctx, { projectKey = "internet", text = EXAMPLE }: { projectKey?: string; text?: string } = {}): Promise<string> {
  const read = readForm(text, formHost("UTC"));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { document } = read.form;
  return inTx(ctx, async (ctx) => {
    const used = (await formsKind.use!(ctx, projectKey, { [document.key]: document })) as Record<string, UsedForm>;
    await putFormInUse(ctx.db, projectKey, used);
    return used[document.key]!.id;
  });
}

/** Reads the text of places as saving it does. */
export async function buildPlaces(ctx: Ctx, projectKey: string, text: string): Promise<void> {
  const { value, problems } = placesKind.read(text, { key: "places", projectKey });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  await inTx(ctx, async (ctx) => { await placesKind.use!(ctx, projectKey, { places: value }); });
}

