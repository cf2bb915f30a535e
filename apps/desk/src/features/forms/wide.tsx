import { Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconMapPin } from "@tabler/icons-react";
import { useState, type MouseEvent } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";
import { Below, LineField, type FieldProps } from "./simple.tsx";
import { useFilling, usePlace, useStore } from "./useForm.tsx";
import css from "./forms.module.css";

/** Names in three parts, a document, anything of parts: its own inputs side by side under one name. */
export function PartsField({ field, path }: FieldProps) {
  const place = usePlace(field, path);
  const { language } = useFilling();
  // Who speaks a language without patronymics is not asked for one; one that is there is shown.
  const parts = [...field.parts.values()].filter(({ key }) => key !== "patronymic" || language === "ru" || Boolean((place.value as Record<string, unknown> | null)?.[key]));
  return (
    <fieldset className={css.parts}>
      <legend className={css.label} id={`${place.id}-name`}>{place.label}{place.required && <span className={css.star} aria-hidden> *</span>}</legend>
      {place.hint && <span className={css.hint}>{place.hint}</span>}
      <div className={css.partsRow}>{parts.map((part) => <LineField key={part.key} field={part} path={`${path}.${part.key}`} />)}</div>
      <Below error={place.error} />
    </fieldset>
  );
}

type Address = Partial<Record<"country" | "city" | "cityKey" | "street" | "streetKey" | "house" | "flat" | "postcode" | "note", string>>;
const ASK_MS = 200;

/** Candidates for what is typed: cities, streets of the chosen city, or the cities that have such a street. */
function useCandidates(address: Address) {
  const { deeds, readOnly } = useFilling();
  const [city] = useDebouncedValue(address.city ?? "", ASK_MS);
  const [street] = useDebouncedValue(address.street ?? "", ASK_MS);
  const asks = !deeds.isPublic && !readOnly && deeds.projectKey !== "";
  const { projectKey } = deeds;
  const cities = useApi("suggestCities", { query: { projectKey, q: city } }, { enabled: asks && city.length > 1, placeholderData: (before) => before }).data?.items ?? [];
  const found = useApi("suggestStreets", { query: { projectKey, q: street, ...(address.cityKey && { cityKey: address.cityKey }) } }, { enabled: asks && street.length > 1, placeholderData: (before) => before }).data;
  const streets = found?.items ?? [];
  // A street that is in no list of the city's may be misspelt, or new: it is told and never refused.
  const isUnsure = asks && address.street !== undefined && address.streetKey === undefined && address.cityKey !== undefined && streets.length > 0;
  return { cities, streets, withStreet: address.city ? [] : found?.cities ?? [], isUnsure };
}

const isGiven = ([, value]: [string, string | undefined]): boolean => value !== undefined && value !== "";
/** Nothing but the country it began with is no address. */
function tidy(address: Address): Address | null {
  const given = Object.entries(address).filter(isGiven);
  return given.some(([key]) => key !== "country") ? Object.fromEntries(given) : null;
}
const distinct = (names: readonly string[]): string[] => [...new Set(names)];

/** A press that leaves the street would show what is missing above, and move the pressed button from under the pointer. */
const keepFocus = (event: MouseEvent): void => event.preventDefault();

/** The city first: streets of one name stand in several cities (R199). Whoever names a street is asked which city. */
export function AddressField({ field, path }: FieldProps) {
  const t = useT();
  const { readOnly, language } = useFilling();
  const place = usePlace(field, path);
  const address = (place.value ?? {}) as Address;
  const { cities, streets, withStreet, isUnsure } = useCandidates(address);
  const put = (change: Address) => place.set(tidy({ ...address, ...change }));
  const takeCity = (name: string) => { const city = cities.find((one) => labelOf(one) === name || one.name === name); put(city ? { city: city.name, cityKey: city.key, country: city.country } : { city: name, cityKey: undefined, streetKey: undefined }); };
  const takeStreet = (name: string) => put({ street: name, streetKey: streets.find((one) => one.name === name)?.key });
  const isNeeded = useStore((one) => one.state.required.includes(`${path}.city`));
  const cityProblem = useStore((one) => one.problemAt(`${path}.city`) ?? (one.problemAt(path)?.code === "city_first" ? one.problemAt(path) : null));
  const common = (key: keyof Address) => ({ label: field.parts.get(key)?.name[language], readOnly, autoComplete: "off", value: address[key] ?? "", maxLength: field.parts.get(key)?.document.maxLength, onBlur: place.onBlur, onFocus: place.onFocus });
  const part = (key: "house" | "flat" | "postcode" | "note") => <TextInput {...common(key)} onChange={(event) => put({ [key]: event.currentTarget.value })} />;
  return (
    <fieldset className={css.parts} data-kind="address">
      <legend className={css.label} id={`${place.id}-name`}>{place.label}{place.required && <span className={css.star} aria-hidden> *</span>}</legend>
      <div className={css.address}>
        <Autocomplete size="xs" {...common("city")} id={place.id} withAsterisk={isNeeded} data={distinct(cities.map(labelOf))} filter={({ options }) => options} onChange={takeCity} error={cityProblem ? t("forms.cityFirst") : undefined} />
        <Autocomplete size="xs" {...common("street")} id={`${place.id}-street`} data={distinct(streets.map(({ name }) => name))} filter={({ options }) => options} onChange={takeStreet} />
        {part("house")}{part("flat")}{part("postcode")}
      </div>
      {withStreet.length > 0 && (
        <div className={css.which} role="group" aria-label={t("forms.whichCity")}><IconMapPin size={14} aria-hidden /><span>{t("forms.whichCity")}</span>
          {withStreet.map(({ key, name, country, street }) => <Button key={`${key}${street}`} size="compact-xs" variant="light" onMouseDown={keepFocus} onClick={() => put({ city: name, cityKey: key, country, street })}>{name}: {street}</Button>)}</div>
      )}
      {isUnsure && <p className={css.hint} role="status">{t("forms.notInList")}</p>}
      {part("note")}
      <Below error={cityProblem ? undefined : place.error} />
    </fieldset>
  );
}

const labelOf = ({ name, region }: { name: string; region: string }): string => (region ? `${name}, ${region}` : name);

interface Chosen { id: string; name: string }

export function LookupField({ field, path }: FieldProps) {
  const t = useT();
  const { deeds, language } = useFilling();
  const place = usePlace(field, path);
  const chosen = place.value as (Chosen & Record<string, unknown>) | undefined;
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed, ASK_MS);
  const { data, error } = useApi("findLookups", { query: { formId: deeds.formId, path: field.path, q: asked } }, { enabled: !place.readOnly && !deeds.isPublic && deeds.formId !== "" && asked.trim() !== "" && asked !== chosen?.name, placeholderData: (before) => before });
  const items = [...(chosen ? [chosen] : []), ...(data?.items ?? []).filter(({ id }) => id !== chosen?.id)];
  const kept = Object.entries(field.document["x-lookup"]?.keep ?? {}).filter(([key]) => chosen?.[key] !== undefined);
  return (
    <>
      <Select id={place.id} label={place.label} description={place.hint} error={place.error} withAsterisk={place.required} readOnly={place.readOnly} onBlur={place.onBlur} onFocus={place.onFocus} searchable clearable={!place.readOnly} filter={({ options }) => options} nothingFoundMessage={error ? t("problem.unreachable") : t("forms.nothingFound")}
        data={items.map(({ id, name }) => ({ value: id, label: name }))} value={chosen?.id ?? null} searchValue={typed} onSearchChange={setTyped} onChange={(id) => { const one = items.find((each) => each.id === id); place.set(one ? { id: one.id, name: one.name } : null); }} autoComplete="off" />
      {kept.length > 0 && <p className={css.hint}>{kept.map(([key, { name }]) => { const value = chosen?.[key]; return `${name[language]}: ${typeof value === "object" ? Object.values(value as object).join(" ") : String(value as string)}`; }).join(" · ")}</p>}
    </>
  );
}
