"""Small lists of words that simulated rows are made of; every character is in Latin-1, so that any code page of the source holds it."""

FIRST_NAMES = (
    "Ada", "Amir", "Anna", "Benedikt", "Björn", "Camila", "Chloé", "Daan", "Elif", "Emil", "Fatima", "Finn", "Grace", "Hana",
    "Ines", "Ivan", "Jonas", "Jürgen", "Karin", "Kofi", "Lea", "Liam", "Mara", "Mateo", "Mina", "Nils", "Nora", "Olga", "Omar",
    "Paula", "Pedro", "Quinn", "Rosa", "Samir", "Sofía", "Tariq", "Uma", "Vera", "Wim", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Abebe", "Almeida", "Andersen", "Bauer", "Bianchi", "Brandt", "Castillo", "Cohen", "Dubois", "Eriksen", "Fischer", "Garcia",
    "Haddad", "Ibrahim", "Ito", "Jansen", "Kaya", "Keller", "Kim", "Koch", "Larsen", "Lefèvre", "Lopez", "Maier", "Mbeki", "Müller",
    "Nguyen", "Novak", "O'Brien", "Okafor", "Peeters", "Petrova", "Rossi", "Sørensen", "Schmidt", "Silva", "Tanaka", "Vogel",
    "Weber", "Young",
)  # fmt: skip
# city, region, country, ISO code, postal code with a digit for each #
PLACES = (
    ("Berlin", "Berlin", "Germany", "DE", "1####"),
    ("Hamburg", "Hamburg", "Germany", "DE", "2####"),
    ("München", "Bayern", "Germany", "DE", "8####"),
    ("Köln", "Nordrhein-Westfalen", "Germany", "DE", "5####"),
    ("Dresden", "Sachsen", "Germany", "DE", "01###"),
    ("Wien", "Wien", "Austria", "AT", "1##0"),
    ("Graz", "Steiermark", "Austria", "AT", "80##"),
    ("Zürich", "Zürich", "Switzerland", "CH", "80##"),
    ("Basel", "Basel-Stadt", "Switzerland", "CH", "40##"),
    ("Paris", "Île-de-France", "France", "FR", "750##"),
    ("Lyon", "Auvergne-Rhône-Alpes", "France", "FR", "6900#"),
    ("Antwerpen", "Vlaanderen", "Belgium", "BE", "20##"),
    ("Utrecht", "Utrecht", "Netherlands", "NL", "35## AB"),
    ("Rotterdam", "Zuid-Holland", "Netherlands", "NL", "30## KC"),
    ("Milano", "Lombardia", "Italy", "IT", "201##"),
    ("Sevilla", "Andalucía", "Spain", "ES", "410##"),
    ("Porto", "Norte", "Portugal", "PT", "4###-0##"),
    ("København", "Hovedstaden", "Denmark", "DK", "1###"),
    ("Malmö", "Skåne", "Sweden", "SE", "21# ##"),
    ("Leeds", "Yorkshire", "United Kingdom", "GB", "LS# #AB"),
    ("Cork", "Munster", "Ireland", "IE", "T12 ####"),
    ("Portland", "Oregon", "United States", "US", "972##"),
    ("Austin", "Texas", "United States", "US", "787##"),
    ("Halifax", "Nova Scotia", "Canada", "CA", "B3H #A#"),
)
STREETS = (
    "Alder Way", "Bahnhofstraße", "Canal Street", "Chapel Lane", "Gartenweg", "Harbour Road", "Hauptstraße", "High Street",
    "Lindenallee", "Mill Lane", "Orchard Road", "Quai du Nord", "Rue des Lilas", "Station Road", "Via Roma", "Weststraat",
)  # fmt: skip
MATERIALS = (
    "Ash", "Bamboo", "Canvas", "Ceramic", "Copper", "Cork", "Cotton", "Denim", "Enamel", "Felt", "Glass", "Leather", "Linen",
    "Merino", "Oak", "Rattan", "Silk", "Steel", "Walnut", "Wool",
)  # fmt: skip
THINGS = (
    "Apron", "Backpack", "Basket", "Blanket", "Bowl", "Candle Holder", "Chair", "Coat Hook", "Cushion", "Desk Lamp", "Doormat",
    "Jacket", "Jug", "Kettle", "Mug", "Notebook", "Pan", "Plate", "Rug", "Scarf", "Shelf", "Stool", "Table", "Tea Towel", "Teapot",
    "Throw", "Tray", "Vase",
)  # fmt: skip
CATEGORIES = (
    "Bags", "Bath", "Bedding", "Ceramics", "Clothing", "Cookware", "Furniture", "Garden", "Glassware", "Kids", "Kitchen",
    "Lighting", "Office", "Outdoor", "Rugs", "Stationery", "Storage", "Tableware", "Textiles", "Travel",
)  # fmt: skip
COMPANY_ENDS = ("& Co", "& Sons", "AG", "BV", "Collective", "GmbH", "Group", "Ltd", "Makers", "SA", "Trading", "Works")
CAMPAIGNS = ("Autumn", "Back to School", "Clearance", "Holiday", "Members", "Midsummer", "New Year", "Opening", "Spring", "Weekend")
COLOURS = ("black", "blue", "charcoal", "cream", "green", "indigo", "natural", "ochre", "red", "rust", "sage", "sand", "teal", "white")
SIZES = ("XS", "S", "M", "L", "XL", "38", "40", "42")
PAGES = (
    "/", "/bags", "/basket", "/checkout", "/help", "/kitchen", "/lighting", "/new", "/offers", "/rugs", "/search?q=lamp",
    "/search?q=oak", "/stores",
)  # fmt: skip
AGENTS = ("android-app/5.2", "chrome/122", "edge/121", "firefox/123", "ios-app/5.3", "safari/17")
REMARKS = (
    "as agreed by phone", "call before delivery", "gift wrap", "leave with the neighbour", "less packaging, please", "ring twice",
    "second visit", "to be confirmed",
)  # fmt: skip
TITLES = ("Buyer", "Clerk", "Manager", "Sales Associate", "Shift Lead", "Store Manager", "Trainee", "Visual Merchandiser")
WORDS = (
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "iris", "juniper", "kelp", "larch", "maple", "north",
    "ocean", "pine", "quartz", "river", "slate", "thyme", "umber", "vale", "willow", "yarrow", "zephyr",
)  # fmt: skip

# What columns are allowed to say when no check lists it, by what their name ends with.
CHOICES = {
    "status": ("new", "active", "paused", "closed"),
    "state": ("open", "done"),
    "stage": ("new", "open", "done"),
    "type": ("standard", "express", "custom"),
    "kind": ("regular", "special"),
    "channel": ("store", "web", "app", "phone"),
    "method": ("card", "cash", "transfer", "voucher"),
    "tier": ("bronze", "silver", "gold"),
    "level": ("low", "medium", "high"),
    "segment": ("consumer", "business", "partner"),
    "reason": ("damaged", "late", "unwanted", "wrong size"),
    "currency": ("EUR", "CHF", "GBP", "USD"),
    "currency_code": ("EUR", "CHF", "GBP", "USD"),
    "language": ("de", "en", "fr", "it", "nl"),
    "gender": ("f", "m", "x"),
    "carrier": ("Blue Van", "Parcel One", "Swift Bike"),
    "unit": ("each", "pair", "set"),
    "brand": ("Hearth", "Kiln", "Loom", "Tinder", "Wick"),
    "device": ("desktop", "phone", "tablet"),
    "country_code": ("DE", "AT", "CH", "FR", "NL"),
}
