# What users put into bodies and settings, as the JSON that goes out.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    class Folder { [string] $displayName; [bool] $isHidden; [string[]] $names }
    $module = Get-Module ExRun
    function Get-Json { param($Value) & $module { param($Value) ConvertTo-JsonValue -Value $Value } $Value }
}

Describe 'A value' {
    It 'is written as <Json>: <Name>' -ForEach @(
        @{ Name = 'an enum'; Value = [System.DayOfWeek]::Monday; Json = '"Monday"' }
        @{ Name = 'a switch'; Value = [switch] $true; Json = 'true' }
        @{ Name = 'a time of no zone'; Value = [datetime]::new(2027, 1, 4, 8, 0, 0); Json = '"2027-01-04T08:00:00.0000000"' }
        @{ Name = 'a time in UTC'; Value = [datetime]::new(2027, 1, 4, 8, 0, 0, [System.DateTimeKind]::Utc); Json = '"2027-01-04T08:00:00.0000000Z"' }
        @{ Name = 'what a database has for null'; Value = [System.DBNull]::Value; Json = 'null' }
        @{ Name = 'bytes'; Value = [byte[]] (1, 2, 3); Json = '"AQID"' }
        @{ Name = 'a version'; Value = [version] '1.2'; Json = '"1.2"' }
        @{ Name = 'a number'; Value = 1.5; Json = '1.5' }
        @{ Name = 'a number with all its digits'; Value = 0.1 + 0.2; Json = '0.30000000000000004' }
    ) { Get-Json $Value | Should -BeExactly $Json }

    It 'of a list of one stays a list, wherever it is' {
        Get-Json @{ a = @('x') } | Should -BeExactly '{"a":["x"]}'
        Get-Json ([pscustomobject] @{ a = , @(1) }) | Should -BeExactly '{"a":[[1]]}'
        Get-Json @{ a = [System.Collections.Generic.List[string]] @('x') } | Should -BeExactly '{"a":["x"]}'
        Get-Json @{ a = @() } | Should -BeExactly '{"a":[]}'
    }

    It 'keeps members that are named as those of a hashtable' {
        Get-Json ([ordered] @{ keys = @(1); values = 2; count = 3 }) | Should -BeExactly '{"keys":[1],"values":2,"count":3}'
    }

    It 'of a class is an object' {
        $folder = [Folder]::new()
        $folder.displayName = 'x'
        $folder.names = @('y')
        Get-Json $folder | Should -BeExactly '{"displayName":"x","isHidden":false,"names":["y"]}'
    }

    It 'of another culture is written the same' {
        $before = [System.Threading.Thread]::CurrentThread.CurrentCulture
        try {
            [System.Threading.Thread]::CurrentThread.CurrentCulture = [cultureinfo] 'de-DE'
            Get-Json @(1.5, [datetime]::new(2027, 1, 4)) | Should -BeExactly '[1.5,"2027-01-04T00:00:00.0000000"]'
        } finally { [System.Threading.Thread]::CurrentThread.CurrentCulture = $before }
    }

    It 'of a date or a time alone is written as such' -Skip:($null -eq ('System.DateOnly' -as [type])) {
        Get-Json @{ a = [System.DateOnly]::new(2027, 1, 4) } | Should -BeExactly '{"a":"2027-01-04"}'
        Get-Json @([System.TimeOnly]::new(8, 30)) | Should -BeExactly '["08:30:00.0000000"]'
    }

    It 'that JSON cannot hold is refused: <_>' -ForEach ([double]::NaN), ([double]::PositiveInfinity), ([float]::NegativeInfinity) {
        { Get-Json @{ a = $_ } } | Should -Throw '*JSON cannot hold*'
    }

    It 'that holds itself is refused' {
        $loop = @{}
        $loop['a'] = $loop
        { Get-Json $loop } | Should -Throw '*nested deeper*'
    }
}

Describe 'Text of a parameter' {
    BeforeAll {
        function Read-Text { param($Text) & $module { param($Text) ConvertFrom-JsonText -Text $Text -Subject 'the body is' -Advice 'see' } $Text }
    }

    It 'is refused where RFC 8259 has it otherwise: <_>' -ForEach '{"a":1,}', "{'a':'b'}", "// x`n{}", '{"a":01}', '{a:1}', 'NaN', '{"a":1},"b":{', '{"a":1,"a":2}' {
        $Error.Clear()
        { Read-Text $_ } | Should -Throw 'the body is text, and not JSON: *; see'
    }

    It 'is read where it is JSON' {
        (Read-Text '{"day":"2026-11-24T10:00:00Z"}').day | Should -BeOfType [string]
        (Read-Text '{"day":"2026-11-24T10:00:00Z"}').day | Should -BeExactly '2026-11-24T10:00:00Z'
        Read-Text '{"":1}' | Should -Not -BeNullOrEmpty
        Read-Text '{"Name":1,"name":2}' | Should -Not -BeNullOrEmpty
        (Read-Text "$([char] 0xFEFF){`"a`":1}").a | Should -Be 1
    }
}
