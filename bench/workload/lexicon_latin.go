package workload

var (
	latinOnsets = []string{"b", "br", "c", "d", "dr", "f", "g", "k", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v", "z"}
	latinVowels = []string{"a", "e", "i", "o", "u"}
	latinCodas  = []string{"l", "n", "r", "s", "m", "x"}
)

var english = locale{
	lang: "en", regions: []string{"US", "US", "US", "GB", "CA", "AU"}, utc: -5, cased: true,
	heads: []string{"slow", "cozy", "golden", "hidden", "urban", "wild", "silent", "modern", "vintage", "tiny",
		"crispy", "northern", "midnight", "early", "honest", "simple", "bright", "rainy", "weekend", "summer",
		"winter", "little", "deep", "open", "paper", "street", "island", "home", "morning", "country"},
	tails: []string{"kitchen", "garden", "cooking", "reading", "running", "coffee", "travel", "sketch", "design",
		"photo", "bakery", "fitness", "yoga", "market", "village", "harbor", "studio", "vinyl", "film", "dance",
		"science", "robots", "gaming", "fashion", "beauty", "nails", "hair", "recipes", "books", "cats", "dogs",
		"birds", "hiking", "cycling", "football", "camping", "diary", "poetry", "pottery", "tea"},
	ends:   []string{"club", "day", "week", "challenge", "tips", "diaries", "vibes", "tour", "fest", "2026", "stories", "crew"},
	onsets: latinOnsets, vowels: latinVowels, codas: latinCodas,
	weekdays:  [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"},
	greetings: [2]string{"good morning", "good night"},
	phrases: []string{"can't stop thinking about this", "wait for it", "my honest take", "new one is up",
		"who else is watching", "trying this tonight", "first attempt, be kind", "day three and still going",
		"so it begins", "saw this on the way home", "tell me I'm not alone", "this made my week"},
}

var spanish = locale{
	lang: "es", regions: []string{"MX", "ES", "AR", "CO"}, utc: -5, cased: true,
	heads: []string{"cocina", "música", "fotografía", "mañana", "café", "jardín", "camino", "niñez", "montaña",
		"lección", "canción", "fiesta", "playa", "moda", "tarde", "noche", "señal", "corazón", "pan", "baile"},
	tails: []string{"casera", "lenta", "dorada", "pequeña", "del sur", "urbana", "tranquila", "en casa", "sin prisa",
		"de otoño", "de verano", "a mano", "con amigos", "al sol", "antigua", "de barrio", "para todos", "de noche",
		"artística", "fácil"},
	ends:   []string{"club", "hoy", "reto", "fácil", "2026", "total", "en vivo", "fest", "diario", "y más", "viral", "día a día"},
	onsets: latinOnsets, vowels: latinVowels, codas: []string{"l", "n", "r", "s", "z"},
	weekdays:  [7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
	greetings: [2]string{"buenos días", "buenas noches"},
	phrases: []string{"no puedo dejar de verlo", "espera al final", "mi opinión sincera", "¿quién más lo vio?",
		"hoy toca esto", "primer intento", "así empieza todo", "esto me alegró el día"},
}

var portuguese = locale{
	lang: "pt", regions: []string{"BR", "BR", "BR", "PT"}, utc: -3, cased: true,
	heads: []string{"cozinha", "música", "manhã", "café", "coração", "praia", "lição", "canção", "viagem", "receita",
		"verão", "estação", "moda", "noite", "dança", "leitura", "pão", "futebol", "horta", "rua"},
	tails: []string{"caseira", "devagar", "dourada", "do sul", "da vovó", "em casa", "sem pressa", "de outono",
		"à mão", "com amigos", "ao sol", "antiga", "do bairro", "para todos", "à noite", "fácil", "do dia",
		"de domingo", "no quintal", "nordestina"},
	ends:   []string{"hoje", "desafio", "dicas", "2026", "ao vivo", "total", "de novo", "fest", "diário", "clube", "todo dia", "já"},
	onsets: latinOnsets, vowels: []string{"a", "e", "i", "o", "u", "ã"}, codas: []string{"l", "r", "s", "m"},
	weekdays:  [7]string{"domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado"},
	greetings: [2]string{"bom dia", "boa noite"},
	phrases: []string{"não consigo parar de ver", "espera até o final", "minha opinião sincera", "quem mais viu?",
		"hoje tem isso", "primeira tentativa", "e assim começa", "isso salvou meu dia"},
}

var german = locale{
	lang: "de", regions: []string{"DE", "DE", "AT", "CH"}, utc: 2, cased: true,
	heads: []string{"küchen", "garten", "straßen", "frühlings", "wochenend", "berg", "kaffee", "bücher", "morgen",
		"stadt", "land", "winter", "regen", "brot", "musik", "nacht", "sonnen", "dorf", "hand", "papier"},
	tails: []string{"liebe", "zeit", "glück", "geschichten", "bilder", "wege", "gespräche", "tagebuch", "runde",
		"träume", "werkstatt", "momente", "rezepte", "kunst", "freunde", "ausflug", "klänge", "menschen", "licht", "spiele"},
	ends:   []string{"tag", "woche", "treff", "fest", "tipps", "2026", "heute", "verein", "tour", "nacht", "reise", "runde"},
	onsets: latinOnsets, vowels: []string{"a", "e", "i", "o", "u", "ä", "ö", "ü"}, codas: []string{"l", "n", "r", "ß", "ck"},
	weekdays:  [7]string{"sonntag", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag"},
	greetings: [2]string{"guten morgen", "gute nacht"},
	phrases: []string{"ich komme nicht davon los", "bis zum Ende schauen", "meine ehrliche Meinung", "wer schaut noch zu?",
		"heute ausprobiert", "erster Versuch", "so fängt es an", "das hat mir den Tag gerettet"},
}

var turkish = locale{
	lang: "tr", regions: []string{"TR"}, utc: 3, cased: true,
	heads: []string{"çay", "kahve", "şehir", "gün", "yağmur", "güneş", "mutfak", "köy", "deniz", "sokak",
		"kitap", "müzik", "sabah", "gece", "yol", "bahçe", "dağ", "istasyon", "ekmek", "resim"},
	tails: []string{"keyfi", "saati", "günlüğü", "hikâyesi", "sevgisi", "molası", "notları", "tarifi", "yolculuğu",
		"manzarası", "sohbeti", "dersi", "turu", "şenliği", "rüyası", "köşesi", "atölyesi", "arkadaşı", "havası", "oyunu"},
	ends:   []string{"günü", "zamanı", "kulübü", "2026", "haftası", "şöleni", "bugün", "turu", "defteri", "ekibi", "yarışı", "anı"},
	onsets: []string{"b", "c", "ç", "d", "g", "k", "m", "n", "p", "r", "s", "ş", "t", "v", "y", "z"},
	vowels: []string{"a", "e", "i", "o", "ö", "u", "ü"}, codas: []string{"k", "l", "n", "r", "ş", "z"},
	weekdays:  [7]string{"pazar", "pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi"},
	greetings: [2]string{"günaydın", "iyi geceler"},
	phrases: []string{"izlemeden geçmeyin", "sonunu bekleyin", "dürüst fikrim", "başka kim gördü?",
		"bugün bunu denedim", "ilk deneme", "işte böyle başladı", "günüm güzelleşti"},
}

var indonesian = locale{
	lang: "id", regions: []string{"ID"}, utc: 7, cased: true,
	heads: []string{"kopi", "resep", "cerita", "musik", "pantai", "kuliner", "kebun", "hujan", "rumah", "kota",
		"jalan-jalan", "makan-makan", "foto", "buku", "senja", "kampung", "sekolah", "pasar", "sepeda", "santai"},
	tails: []string{"pagi", "malam", "sederhana", "nusantara", "keluarga", "hari ini", "akhir pekan", "bareng teman",
		"lama", "baru", "kecil", "rame-rame", "seru", "mudah", "hemat", "anak muda", "di rumah", "tradisi", "lokal", "sehat"},
	ends:   []string{"challenge", "club", "hari ini", "2026", "seru", "fest", "tips", "viral", "setiap hari", "kita", "lagi", "yuk"},
	onsets: []string{"b", "c", "d", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "w", "y"},
	vowels: latinVowels, codas: []string{"n", "ng", "r", "s", "t", "k"},
	weekdays:  [7]string{"minggu", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu"},
	greetings: [2]string{"selamat pagi", "selamat malam"},
	phrases: []string{"tonton sampai habis", "siapa yang sama", "pendapat jujur", "baru coba hari ini",
		"percobaan pertama", "begini awalnya", "bikin hari jadi cerah", "jangan lupa simpan"},
}
