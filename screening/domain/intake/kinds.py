"""What the rows of a file are, shipments or links, and what their columns can hold."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """Something a column can hold. Several columns may share a field that says so; they are joined in their order."""

    code: str
    label: str
    group: str
    several: bool = False


@dataclass(frozen=True)
class FileKind:
    """What the rows of a file are.

    ``needs``: sets of fields, one of each of which must be set on a column, with what to say where none is.
    """

    code: str
    fields: Mapping[str, Field]
    roles: Mapping[str, str]
    needs: tuple[tuple[frozenset[str], str], ...]
    amounts: frozenset[str]
    dates: frozenset[str]
    endings: tuple[str, ...]


ROLES = {
    "importer": "Importer",
    "consignee": "Consignee",
    "shipper": "Shipper",
    "exporter": "Exporter",
    "seller": "Seller",
    "manufacturer": "Manufacturer",
    "buyer": "Buyer",
    "notify": "Notify party",
    "forwarder": "Forwarder",
    "broker": "Customs broker",
}
_ATTRIBUTES = {
    "name": ("name, or name and address", True),
    "native_name": ("name in its own script", True),
    "other_name": ("other name", True),
    "address": ("address", True),
    "other_address": ("other address", True),
    "city": ("city", False),
    "province": ("state or province", False),
    "country": ("country", False),
    "postal_code": ("postal code", False),
    "number": ("number (importer number, MID, USCC)", False),
    "phone": ("telephone", False),
}
_SHIPMENT = (
    ("reference", "Reference", False),
    ("entry_number", "Entry number", False),
    ("declaration_number", "Foreign declaration number", False),
    ("bill_of_lading", "Bill of lading", False),
    ("house_bill", "House bill", False),
    ("invoice_number", "Invoice number", False),
    ("carrier", "Carrier", False),
    ("vessel", "Vessel", False),
    ("voyage", "Voyage", False),
    ("port_of_lading", "Port of lading", False),
    ("port_of_unlading", "Port of unlading", False),
    ("place_of_receipt", "Place of receipt", False),
    ("country_of_export", "Country of export", False),
    ("destination", "Destination (country or port)", False),
    ("arrives_on", "Estimated arrival", False),
    ("arrived_on", "Actual arrival", False),
    ("imported_on", "Date of importation or declaration", False),
    ("shipped_on", "Date of shipment or export", False),
    ("month", "Month", False),
)
_LINE = (
    ("line_number", "Line number of the entry", False),
    ("goods_description", "Goods description", True),
    ("hts_codes", "HTS or HS codes", True),
    ("country_of_origin", "Country of origin", False),
    ("quantity", "Quantity", False),
    ("quantity_unit", "Unit of quantity", False),
    ("gross_weight", "Gross weight", False),
    ("net_weight", "Net weight", False),
    ("weight_unit", "Unit of weight", False),
    ("value", "Value", False),
    ("currency", "Currency", False),
    ("containers", "Containers", True),
    ("container_count", "Number of containers", False),
    ("marks", "Marks and numbers", True),
)
FIELDS: dict[str, Field] = {
    **{code: Field(code, label, "Shipment", several) for code, label, several in _SHIPMENT},
    **{code: Field(code, label, "Line", several) for code, label, several in _LINE},
    **{
        f"{role}_{attribute}": Field(f"{role}_{attribute}", f"{title}: {label}", title, several)
        for role, title in ROLES.items()
        for attribute, (label, several) in _ATTRIBUTES.items()
    },
}
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".zip")
SHIPMENTS = FileKind(
    "shipments",
    FIELDS,
    ROLES,
    needs=(
        (
            frozenset({"goods_description", "hts_codes", "bill_of_lading", "entry_number", "reference"})
            | {f"{role}_{part}" for role in ROLES for part in ("name", "native_name", "other_name")},
            "Set at least one column that names a party, the goods, a bill or an entry.",
        ),
    ),
    amounts=frozenset({"value", "quantity", "gross_weight", "net_weight"}),
    dates=frozenset({"arrives_on", "arrived_on", "imported_on", "shipped_on", "month"}),
    endings=_TABLES,
)

LINK_ROLES = {"supplier": "Supplier or owner (upstream)", "customer": "Customer or firm owned (downstream)"}
_LINK_ATTRIBUTES = {
    "name": ("name; several set apart by semicolons", True),
    "native_name": ("name in its own script", True),
    "location": ("place in words, for example Xinjiang, CN", False),
    "address": ("address", True),
    "city": ("city", False),
    "province": ("state or province", False),
    "country": ("country", False),
    "postal_code": ("postal code", False),
    "number": ("number (USCC, MID)", False),
    "phone": ("telephone", False),
}
_LINK = (
    ("relation", "What the link is: supplies, owns", False),
    ("goods", "Goods or material; part number", True),
    ("commodity", "Commodity chain", False),
    ("stage", "Stage of the supplier", False),
    ("hts_prefix", "HTS or HS code of the goods", False),
    ("period", "Period, for example 2016-2019", False),
    ("valid_from", "From", False),
    ("valid_to", "Until", False),
    ("quantity", "Quantity", False),
    ("unit", "Unit of quantity", False),
    ("share", "Share in percent", False),
    ("origin", "Origin of the material", False),
    ("status", "How sure it is: documented, reported, disputed", False),
    ("source", "Source", True),
    ("source_url", "Source: address on the web", False),
)
_LINK_FIELDS: dict[str, Field] = {
    **{
        f"{role}_{attribute}": Field(f"{role}_{attribute}", f"{title}: {label}", title, several)
        for role, title in LINK_ROLES.items()
        for attribute, (label, several) in _LINK_ATTRIBUTES.items()
    },
    **{code: Field(code, label, "Link", several) for code, label, several in _LINK},
}
LINKS = FileKind(
    "links",
    _LINK_FIELDS,
    LINK_ROLES,
    needs=(
        (frozenset({"supplier_name", "supplier_native_name"}), "Set the column that names the supplier or owner."),
        (
            frozenset({"customer_name", "customer_native_name"}),
            "Set the column that names the customer or the firm owned, or name the customer with the file.",
        ),
    ),
    amounts=frozenset({"quantity", "share"}),
    dates=frozenset({"valid_from", "valid_to"}),
    endings=(*_TABLES, ".json"),
)
KINDS = {kind.code: kind for kind in (SHIPMENTS, LINKS)}
