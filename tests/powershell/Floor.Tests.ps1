# What runs in Windows PowerShell 5.1 as in PowerShell 7, as far as it can be seen in the sources.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-Module "$PSScriptRoot/Floor.psm1" -Force
    $root = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $module = @(Get-ChildItem (Split-Path $ModulePath) -Recurse -Include *.ps1, *.psm1, *.psd1)
    $examples = @(Get-ChildItem ([System.IO.Path]::Combine($root, 'examples', 'powershell')) -Filter *.ps1)
    $tests = @(Get-ChildItem $PSScriptRoot -Include *.ps1, *.psm1 -Recurse)
}

Describe 'What came after Windows PowerShell 5.1' {
    It 'is found: <_>' -ForEach @(
        '$a = $b ? 1 : 2', 'a && b', 'a || b', '$a ?? 1', '$a ??= 1', '${a}?.b', '${a}?[0]', 'function f { end { } clean { } }', 'Get-Date &'
        '1u', '0b101', '5uy', '100n', '"`e[0m"', '"``` `u{20ac}"', "'a'..'z'", '$a -replace "b", { 1 }', 'if ($IsWindows) { }', '$PSStyle.Bold'
        'Get-Error', '1..3 | ForEach-Object -Parallel { 1 }', '1..3 | % -Parallel { 1 }', '$x | ConvertFrom-Json -AsHashtable', 'Join-Path a b c', 'Join-Path -Path a -ChildPath b c'
        'Microsoft.PowerShell.Utility\Sort-Object -Stable', 'Set-Content x y -Encoding utf8NoBOM', 'Invoke-RestMethod x -SkipCertificateCheck', '[semver]::new(1, 0)'
    ) {
        @(Find-AboveFloor $_).Count | Should -BeGreaterThan 0
    }

    It 'is not seen in what 5.1 has: <_>' -ForEach @(
        '1..3 | ForEach-Object { 1 }', 'Join-Path a b', '$a -replace "b", "c"', '1l + 0x1d + 5kb + 1d', '"``e `n"', 'ConvertTo-Json -Depth 3 -Compress', 'Set-Content x y -Encoding utf8', '@(1..2)', '$a.b[0]'
    ) {
        Find-AboveFloor $_ | Should -BeNullOrEmpty
    }

    It 'is in no script of the module, its tests and its examples' {
        # Asked for outside Windows alone, or of PowerShell 7 alone, where 5.1 never comes.
        $elsewhere = @{
            'Get-RuntimeId.ps1' = 'the variable \$IsMacOS$'; 'Native.ps1' = 'the variable \$IsMacOS$'
            'Connection.Tests.ps1' = 'the variable \$IsLinux$|ForEach-Object -(Parallel|ThrottleLimit)$'
            'EveryCommand.Tests.ps1' = 'Start-ThreadJob$|ForEach-Object -Parallel$'
        }
        foreach ($file in $module + $examples + $tests) {
            $found = @(Find-AboveFloor ([System.IO.File]::ReadAllText($file.FullName)) | Where-Object { -not $elsewhere[$file.Name] -or $_ -notmatch $elsewhere[$file.Name] })
            $found | Should -BeNullOrEmpty -Because $file.FullName
        }
    }

    It 'is in no example of the help and the documents' {
        foreach ($file in @(Get-Item (Join-Path $root 'README.md')) + @(Get-ChildItem (Join-Path $root 'docs') -Filter *.md)) {
            $blocks = [regex]::Matches([System.IO.File]::ReadAllText($file.FullName), '(?ms)^ *```powershell\r?\n(.*?)^ *```')
            foreach ($block in $blocks) { Find-AboveFloor $block.Groups[1].Value | Should -BeNullOrEmpty -Because "$($file.Name): $($block.Groups[1].Value)" }
        }
        Import-ExRun
        foreach ($name in (Get-Module ExRun).ExportedFunctions.Keys) {
            foreach ($example in @((Get-Help $name -Full).examples.example)) {
                Find-AboveFloor $example.code | Should -BeNullOrEmpty -Because "$($name): $($example.code)"
            }
        }
    }
}

Describe 'Texts in files' {
    It 'have an encoding that is not left to PowerShell, or this is found: <_>' -ForEach @(
        'Get-Content a', 'Import-Csv a', 'a > b', 'a 2>> b', '$x | Out-File a', 'gc a', '[System.Text.Encoding]::Default', '[Text.Encoding]::Default.GetBytes("a")', '$x | Export-Csv a -Encoding utf8', '$x | ConvertTo-Csv'
    ) {
        @(Find-AboveFloor $_ -Encodings).Count | Should -BeGreaterThan 0
    }

    It 'is not seen where it is said: <_>' -ForEach @(
        'Get-Content a -Encoding utf8', 'a > $null', 'a 2>&1', '$x | Export-Csv a -NoTypeInformation -Encoding utf8', '[System.Text.Encoding]::UTF8'
    ) {
        Find-AboveFloor $_ -Encodings | Should -BeNullOrEmpty
    }

    It 'are read and written as what is said, in the module and its examples' {
        foreach ($file in $module + $examples) {
            Find-AboveFloor ([System.IO.File]::ReadAllText($file.FullName)) -Encodings | Should -BeNullOrEmpty -Because $file.FullName
        }
    }

    # Without a byte order mark 5.1 reads a script in another encoding.
    It 'are ASCII where they are scripts' {
        foreach ($file in $module + $examples + $tests) {
            [System.IO.File]::ReadAllBytes($file.FullName).Where({ $_ -gt 0x7f }, 'First') | Should -BeNullOrEmpty -Because $file.FullName
        }
    }

    It 'are written by the library alone, but for one that lasts as long as a call' {
        $found = foreach ($file in $module) {
            Find-InCode $file.FullName '\b(Out-File|Set-Content|Add-Content|Export-Csv|Tee-Object|StreamWriter|FileStream)\b|IO\.File\]::(Write|Append|Create|Open)'
        }
        $found | Should -BeLike '*Export-TemporaryReport.ps1, *System.IO.StreamWriter'
    }
}

# By default .NET Framework before 4.7 speaks no TLS 1.2.
Describe 'TLS' {
    It 'is spoken by the library alone: the module has no connection' {
        $found = foreach ($file in $module) { Find-InCode $file.FullName 'Net\.(Http|Sockets|Security|WebRequest|WebClient|ServicePoint)|Invoke-(RestMethod|WebRequest)' }
        $found | Should -BeNullOrEmpty
    }
}
