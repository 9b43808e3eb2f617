// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the page's scripts draw from: a JSON block that holds the report's entries, units, faults
 * and times, and nothing that is of another type than the scripts expect. Every text is escaped as
 * for a terminal first, so that no script has to think of it. 65,536 entries are rows of numbers
 * into a list of texts that occur once each: 2 MB instead of 20, which is the difference between a
 * page that opens at once and one that does not.
 */
#include <string.h>

#include "page/page.h"

/* Texts by number; 0 is no text. */
struct pool {
	json_t *numbers; /* text -> number */
	json_t *texts;
};

/* Such a block ends at "</script", so no '<' goes out; the others are for the sake of order. */
static void put_string(struct lw_page *page, const char *text)
{
	fputc('"', page->out);
	for (; *text; text++) {
		if (strchr("<>&'\"\\", *text) || (unsigned char)*text < 0x20)
			fprintf(page->out, "\\u%04x", (unsigned int)*text);
		else
			fputc(*text, page->out);
	}
	fputc('"', page->out);
}

static void put_key(struct lw_page *page, const char *key)
{
	put_string(page, key);
	fputc(':', page->out);
}

static void put_text(struct lw_page *page, struct lw_fields *fields, const json_t *object,
		     const char *path)
{
	put_string(page, lw_field_any(fields, object, path, ""));
}

/* A number from 0, or null. */
static void put_count(struct lw_page *page, const json_t *object, const char *path)
{
	uint64_t count;

	if (lw_field_count(object, path, &count))
		fprintf(page->out, "%llu", (unsigned long long)count);
	else
		fputs("null", page->out);
}

static json_int_t pooled(struct pool *pool, const char *text)
{
	const json_t *number;
	json_int_t next;

	if (!text || !*text)
		return 0;
	number = json_object_get(pool->numbers, text);
	if (number)
		return json_integer_value(number);
	next = (json_int_t)json_array_size(pool->texts) + 1;
	json_array_append_new(pool->texts, json_string(text));
	json_object_set_new(pool->numbers, text, json_integer(next));
	return next;
}

/* "0x… 0x…", the words of an entry from the lowest on. */
static json_int_t pooled_words(struct pool *pool, struct lw_fields *fields, const json_t *words)
{
	static const char *const names[] = { "lo", "hi", "word2", "word3" };
	const char *text = "";
	size_t i;

	if (!json_is_object(words))
		return 0;
	for (i = 0; i < 4; i++)
		if (i < 2 || json_object_get(words, names[i]))
			text = lw_field_format(fields, "%s%s%s", text, i ? " " : "",
					       lw_field_word(fields, words, names[i], "?"));
	return pooled(pool, text);
}

/* 1 preserved, 2 presence known, 4 present before, 8 present after. */
static unsigned int flags_of(const json_t *entry)
{
	return (json_is_true(lw_field(entry, "preserved")) ? 1 : 0) |
	       (json_is_object(lw_field(entry, "present")) ? 2 : 0) |
	       (json_is_true(lw_field(entry, "present.before")) ? 4 : 0) |
	       (json_is_true(lw_field(entry, "present.after")) ? 8 : 0);
}

/* A requester ID as a number, segment << 16 | bus << 8 | devfn; what is none as a text. */
static void put_rid(struct lw_page *page, const char *text)
{
	unsigned int segment, bus, device, function;
	char again[32];

	if (sscanf(text, "%5x:%2x:%2x.%1x", &segment, &bus, &device, &function) == 4 &&
	    device < 32 && function < 8) {
		snprintf(again, sizeof(again), "%04x:%02x:%02x.%x", segment, bus, device, function);
		if (!strcmp(text, again)) {
			fprintf(page->out, "%llu",
				(unsigned long long)segment << 16 | bus << 8 | device << 3 |
					function);
			return;
		}
	}
	put_string(page, text);
}

/* [rid, unit, state, flags, before, after, device, note, contested] */
static void write_entry(struct lw_page *page, struct pool *pool, const json_t *entry,
			const json_t *units)
{
	const json_t *unit = json_object_get(units, lw_field_raw(entry, "iommu"));
	struct lw_fields fields = {};

	fputc('[', page->out);
	put_rid(page, lw_field_word(&fields, entry, "rid", "?"));
	fprintf(page->out, ",%lld,%lld,%u,%lld,%lld,%lld,%lld,%lld]",
		(long long)(unit ? json_integer_value(unit) : -1),
		(long long)pooled(pool, lw_field_word(&fields, entry, "state", "?")),
		flags_of(entry), (long long)pooled_words(pool, &fields, lw_field(entry, "before")),
		(long long)pooled_words(pool, &fields, lw_field(entry, "after")),
		(long long)pooled(pool, lw_field_text(&fields, entry, "device", NULL)),
		(long long)pooled(pool, lw_field_text(&fields, entry, "note", NULL)),
		(long long)pooled(pool, lw_field_word(&fields, entry, "contested", NULL)));
	lw_fields_release(&fields);
}

static void write_entries(struct lw_page *page)
{
	struct pool pool = { json_object(), json_array() };
	json_t *units = json_object();
	const json_t *element;
	size_t i;

	json_array_foreach(lw_field(page->report, "iommus"), i, element)
		json_object_set_new(units, lw_field_raw(element, "name"),
				    json_integer((json_int_t)i));
	put_key(page, "entries");
	json_array_foreach(lw_field(page->report, "entries"), i, element) {
		fputs(i ? ",\n" : "[", page->out);
		write_entry(page, &pool, element, units);
	}
	fputs(i ? "],\n" : "[],\n", page->out);
	put_key(page, "texts");
	fputs("[\"\"", page->out);
	json_array_foreach(pool.texts, i, element) {
		fputc(',', page->out);
		put_string(page, json_string_value(element));
	}
	fputs("],\n", page->out);
	json_decref(units);
	json_decref(pool.numbers);
	json_decref(pool.texts);
}

/* Writes the texts and numbers at the paths of TEXTS and COUNTS below OBJECT, as one object. */
static void write_object(struct lw_page *page, const json_t *object, const char *const *texts,
			 const char *const *counts)
{
	struct lw_fields fields = {};
	const char *comma = "{";

	for (; *texts; texts++, comma = ",") {
		fputs(comma, page->out);
		put_key(page, *texts);
		put_text(page, &fields, object, *texts);
	}
	for (; *counts; counts++, comma = ",") {
		fputs(comma, page->out);
		put_key(page, *counts);
		put_count(page, object, *counts);
	}
	fputc('}', page->out);
	lw_fields_release(&fields);
}

static void write_list(struct lw_page *page, const char *name, const char *const *texts,
		       const char *const *counts)
{
	const json_t *element;
	size_t i;

	put_key(page, name);
	json_array_foreach(lw_field(page->report, name), i, element) {
		fputs(i ? ",\n" : "[", page->out);
		write_object(page, element, texts, counts);
	}
	fputs(i ? "],\n" : "[],\n", page->out);
}

/* The words that the scripts show, in their order, with tone and glyph. */
static void write_words(struct lw_page *page, const char *key, const struct lw_word_table *table)
{
	const struct lw_word *word;

	put_key(page, key);
	for (word = table->words; word < table->words + table->count; word++) {
		fputs(word == table->words ? "[{\"name\":" : ",{\"name\":", page->out);
		put_string(page, lw_word_name(table, word - table->words));
		fputs(",\"tone\":", page->out);
		put_string(page, lw_html_tone(word->tone));
		fputs(",\"body\":", page->out);
		put_string(page, word->glyph.body ? word->glyph.body : "");
		fputs(",\"cut\":", page->out);
		put_string(page, word->glyph.cut ? word->glyph.cut : "");
		fputc('}', page->out);
	}
	fputs("],\n", page->out);
}

void lw_html_data(struct lw_page *page)
{
	static const char *const unit_texts[] = { "name", "mode", "state", NULL };
	static const char *const unit_counts[] = { "segment", NULL };
	static const char *const fault_texts[] = { "rid",    "class", "window", "reason_text",
						   "type",   "first", "last",	"address",
						   "device", NULL };
	static const char *const fault_counts[] = { "reason", "count", NULL };
	static const char *const time_texts[] = { "armed", "shutdown", "collected", NULL };
	static const char *const time_counts[] = { "shutdown_path_ns", "blackout_ms", "watched_s",
						   "watch_period_s", NULL };
	static const char *const kernel_texts[] = { "old", "new", NULL };
	static const char *const loss_counts[] = { "entries_unlisted", NULL };
	static const char *const attempt_texts[] = { "started", NULL };
	static const char *const none[] = { NULL };
	const json_t *attempts = lw_field(page->report, "attempts");
	size_t count = json_array_size(attempts);

	fputc('{', page->out);
	write_words(page, "states", &lw_entry_states);
	write_words(page, "units", &lw_unit_states);
	write_words(page, "classes", &lw_fault_classes);
	fprintf(page->out, "\"always\":%d,\n", LW_HTML_ALWAYS);
	write_entries(page);
	write_list(page, "iommus", unit_texts, unit_counts);
	write_list(page, "faults", fault_texts, fault_counts);
	put_key(page, "time");
	write_object(page, lw_field(page->report, "time"), time_texts, time_counts);
	fputs(",\n", page->out);
	put_key(page, "kernel");
	write_object(page, lw_field(page->report, "kernel"), kernel_texts, none);
	fputs(",\n", page->out);
	put_key(page, "losses");
	write_object(page, lw_field(page->report, "losses"), none, loss_counts);
	fputs(",\n", page->out);
	put_key(page, "attempt");
	write_object(page, count ? json_array_get(attempts, count - 1) : NULL, attempt_texts, none);
	fprintf(page->out, ",\n\"frozen\":%s}",
		json_is_true(lw_field(page->report, "time.clock_frozen")) ? "true" : "false");
}
