module exrun.example/report

go 1.19
