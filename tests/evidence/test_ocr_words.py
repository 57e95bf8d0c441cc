"""Words and rows out of what a machine sees in a picture: Chinese unbroken, columns parted, askew lines in order."""

from evidence.readers.ocr import Line, in_rows, spread, words_of


def signs(text, *, left=0.0, width=20.0, height=20.0):
    """Each sign with its box, one beside the other; a space is a gap."""
    return [
        (sign, 0.9, (left + width * place, 0.0, left + width * (place + 1), height))
        for place, sign in enumerate(text)
        if sign != " "
    ]


def texts(words):
    return [word[0] for word in words]


def test_latin_words_are_parted_at_spaces():
    assert texts(words_of("Invoice No. 7", signs("Invoice No. 7"))) == ["Invoice", "No.", "7"]


def test_a_run_of_chinese_stays_unbroken_even_where_the_machine_saw_a_space():
    close = signs("发票号码")
    assert texts(words_of("发票 号码", close)) == ["发票号码"]
    assert words_of("发票 号码", close)[0][1:5] == (0.0, 0.0, 80.0, 20.0)


def test_columns_that_were_taken_for_one_line_are_parted():
    line = signs("031") + signs("日期", left=200)
    assert texts(words_of("031日期", line)) == ["031", "日期"]


def test_signs_that_do_not_make_up_the_line_are_left_aside():
    assert words_of("Invoice", signs("lnvoice")) == []
    assert texts(spread("Lot 7 发票", (0, 0, 100, 10), 0.8)) == ["Lot", "7", "发票"]
    assert spread("Lot 7", (0, 0, 50, 10), 0.8)[1][1:3] == (40.0, 0)


def line(text, left, middle, slope=0.0):
    return Line(((text, left, middle - 10, left + 100, middle + 10, 0.9),), left, left + 100, middle, 20, slope, 0.9)


def test_lines_of_one_height_are_one_row_from_left_to_right():
    rows = in_rows([line("B", 300, 101), line("C", 0, 140), line("A", 0, 99)])
    assert [[one.words[0][0] for one in row] for row in rows] == [["A", "B"], ["C"]]


def test_rows_of_a_page_that_lies_askew_are_kept_apart():
    slope = 0.1
    rows = in_rows(
        [line(f"{row}{left}", left, 100 + 30 * row + slope * left, slope) for row in (0, 1) for left in (0, 600)]
    )
    assert [[one.words[0][0] for one in row] for row in rows] == [["00", "0600"], ["10", "1600"]]
