package wikipedia

import "strings"

// dropper knows the pages that are no articles.
type dropper struct {
	titles   map[string]bool
	prefixes []string // lower case, with the colon
}

func newDropper(skip []string) dropper {
	d := dropper{titles: map[string]bool{}}
	for _, s := range skip {
		s = strings.ReplaceAll(s, " ", "_")
		if strings.HasSuffix(s, ":") {
			d.prefixes = append(d.prefixes, strings.ToLower(s))
		} else {
			d.titles[s] = true
		}
	}
	return d
}

// drops reports whether a page, titled as in its address, is left out.
func (d *dropper) drops(title string) bool {
	title = strings.ReplaceAll(title, " ", "_")
	if d.titles[title] || mainPages[title] {
		return true
	}
	space, rest, found := strings.Cut(title, ":")
	if !found {
		return false
	}
	space = strings.ToLower(space)
	for _, p := range d.prefixes {
		if space+":" == p {
			return true
		}
	}
	// "Mission:_Impossible" is an article: within a namespace no space follows the colon.
	return !strings.HasPrefix(rest, "_") && namespaces[space]
}

// mainPages are the pages that a wiki begins with, as far as they are not in a namespace, and
// "-", under which views of no page are counted.
var mainPages = set(
	"-", "Main_Page", "メインページ", "Заглавная_страница", "Головна_сторінка", "Pagina_principale", "Hoofdpagina",
	"الصفحة_الرئيسية", "صفحهٔ_اصلی", "Anasayfa", "Ana_Sayfa", "Halaman_Utama", "Trang_Chính", "หน้าหลัก", "मुखपृष्ठ", "עמוד_ראשי",
	"Hlavní_strana", "Hlavná_stránka", "Kezdőlap", "Forside", "Portada", "Pagina_principală", "Главна_страна", "Начална_страница",
	"Glavna_stranica", "Unang_Pahina", "Laman_Utama", "প্রধান_পাতা", "முதற்_பக்கம்", "Accueil", "Hauptseite", "首页", "대문",
)

// namespaces are the names of those that hold no articles, in lower case: the English ones, which every wiki
// understands, and those of the larger wikis.
var namespaces = set(
	"special", "user", "user_talk", "talk", "wikipedia", "wikipedia_talk", "project", "file", "image", "media", "mediawiki",
	"template", "help", "category", "portal", "draft", "module", "timedtext", "book", "wp",
	"spezial", "benutzer", "benutzerin", "diskussion", "datei", "vorlage", "hilfe", "kategorie", // de
	"spécial", "utilisateur", "utilisatrice", "wikipédia", "fichier", "modèle", "aide", "catégorie", "portail", "projet", "discussion", // fr
	"especial", "usuario", "usuaria", "archivo", "plantilla", "ayuda", "categoría", "discusión", "anexo_discusión", // es
	"usuário", "usuária", "ficheiro", "predefinição", "ajuda", "categoria", "discussão", // pt
	"speciale", "utente", "aiuto", "portale", "discussione", // it
	"speciaal", "gebruiker", "bestand", "sjabloon", "portaal", "overleg", // nl
	"特別", "利用者", "ファイル", "ノート", // ja
	"特殊", "用户", "用戶", "文件", "维基百科", "維基百科", "模板", "帮助", "分类", "草稿", // zh
	"служебная", "участник", "участница", "википедия", "файл", "шаблон", "справка", "категория", "портал", "обсуждение", // ru
	"спеціальна", "користувач", "вікіпедія", "довідка", "категорія", // uk
	"specjalna", "wikipedysta", "plik", "szablon", "pomoc", "kategoria", "dyskusja", // pl
	"خاص", "مستخدم", "ويكيبيديا", "ملف", "قالب", "تصنيف", "بوابة", // ar
	"ویژه", "کاربر", "ویکی\u200cپدیا", "پرونده", "الگو", "رده", "درگاه", // fa
	"특수", "사용자", "위키백과", "파일", "틀", "분류", "포털", // ko
	"özel", "kullanıcı", "vikipedi", "dosya", "şablon", "kategori", // tr
	"istimewa", "pengguna", "berkas", "templat", "khusus", // id, ms
	"đặc_biệt", "thành_viên", "tập_tin", "bản_mẫu", "thể_loại", "cổng_thông_tin", // vi
	"พิเศษ", "ผู้ใช้", "วิกิพีเดีย", "ไฟล์", "สถานีย่อย", // th
	"विशेष", "सदस्य", "विकिपीडिया", "चित्र", // hi
	"speciel", "toiminnot", "käyttäjä", "malli", "luokka", "ohje", "användare", "fil", "mall", "hjälp", "spesial", "bruker", // nordic
	"speciální", "wikipedie", "nápověda", "speciális", "wikipédia", "szerkesztő", "διάμεσος", "πύλη", "βικιπαίδεια", "מיוחד", "ויקיפדיה", // cs, hu, el, he
)

func set(names ...string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, n := range names {
		out[n] = true
	}
	return out
}
