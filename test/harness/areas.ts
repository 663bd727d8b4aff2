import type { Hub } from '../../src/app.ts'

/** A few real areas, with their official codes and names; 11.10 is there because a number would turn it into 11.1. */
const NAMES: Readonly<Record<string, string>> = {
  '11': 'Aceh',
  '11.10': 'Kabupaten Aceh Singkil',
  '11.10.01': 'Pulau Banyak',
  '11.10.01.2001': 'Pulau Balai',
  '31': 'Daerah Khusus Ibukota Jakarta',
  '31.71': 'Kota Administrasi Jakarta Pusat',
  '31.71.01': 'Gambir',
  '31.71.01.1001': 'Gambir',
  '36': 'Banten',
  '36.01': 'Kabupaten Pandeglang',
  '36.01.01': 'Sumur',
  '36.01.01.2001': 'Sumberjaya',
  '36.01.01.2002': 'Kertajaya',
  '36.03': 'Kabupaten Tangerang',
  '36.03.01': 'Balaraja',
  '36.03.01.1001': 'Balaraja',
  '36.03.01.2003': 'Cangkudu',
  '36.03.02': 'Jayanti',
  '36.03.02.2001': 'Pangkat',
  '36.03.02.2002': 'Pabuaran',
  '36.71': 'Kota Tangerang',
  '36.71.01': 'Tangerang',
  '36.71.01.1001': 'Sukarasa',
  '36.71.01.1002': 'Sukaasih',
}

export const AREA_CODES: readonly string[] = Object.keys(NAMES)

export const VILLAGE_CODES: readonly string[] = AREA_CODES.filter((code) => code.length === 13)

/** Inserts the few areas of the tests, instead of the 91,599 there are. */
export async function someAreas({ db }: Pick<Hub, 'db'>): Promise<void> {
  const ofLength = (length: number) => AREA_CODES.filter((code) => code.length === length)
  const insert = (text: string, codes: readonly string[]) =>
    db.query(text, [codes, codes.map((code) => NAMES[code])])
  await insert(
    '/* test.provinces */ insert into province (code, name) select * from unnest($1::text[], $2::text[])',
    ofLength(2),
  )
  await insert(
    `/* test.regencies */ insert into regency (code, name, province_code, kind)
    select code, name, left(code, 2), case when substr(code, 4, 2) < '70' then 'KABUPATEN' else 'KOTA' end
    from unnest($1::text[], $2::text[]) as area (code, name)`,
    ofLength(5),
  )
  await insert(
    `/* test.districts */ insert into district (code, name, regency_code)
    select code, name, left(code, 5) from unnest($1::text[], $2::text[]) as area (code, name)`,
    ofLength(8),
  )
  await insert(
    `/* test.villages */ insert into village (code, name, district_code, kind)
    select code, name, left(code, 8), case substr(code, 10, 1) when '1' then 'KELURAHAN' else 'DESA' end
    from unnest($1::text[], $2::text[]) as area (code, name)`,
    ofLength(13),
  )
}
