BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun

    function Read-Block {
        param([byte[]] $Block)
        & (Get-Module ExRun) { param($Bytes) Import-PrivateFunction; Read-RowBlock -Block $Bytes } $Block
    }

    # A block of two rows, with a value of every kind and a nested one.
    function New-Block {
        $stream = [System.IO.MemoryStream]::new()
        $writer = [System.IO.BinaryWriter]::new($stream)
        $text = { param([string] $Text) $writer.Write($Text) }
        $writer.Write([byte] 1)
        & $text '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><MS><Obj N="nested" RefId="1"><LST><Obj RefId="2"><LST><I32>7</I32></LST></Obj></LST></Obj><Obj N="errors" RefId="3"><LST></LST></Obj></MS></Obj></Objs>'
        $writer.Write([int] 2)
        $writer.Write([int] 0)
        $names = 'Nothing', 'No', 'Yes', 'Int', 'Long', 'Double', 'Text', 'Nested'
        $writer.Write([int] $names.Count)
        foreach ($name in $names) { & $text $name }
        $writer.Write([byte[]] @(0, 1, 2, 3)); $writer.Write([int] -5)
        $writer.Write([byte] 4); $writer.Write([long]::MinValue)
        $writer.Write([byte] 5); $writer.Write([double] 0.5)
        $writer.Write([byte] 6); & $text "Zo$([char] 0xEB)"
        $writer.Write([byte] 7)
        # A row of another shape.
        $writer.Write([int] 1)
        $writer.Write([int] 1)
        & $text 'Id'
        $writer.Write([byte] 6); & $text ''
        , $stream.ToArray()
    }
}

Describe 'A block of rows' {
    It 'becomes objects with the types that its values have' {
        $batch = Read-Block (New-Block)
        $first, $second = $batch.rows
        @($first.PSObject.Properties.Name) | Should -Be 'Nothing', 'No', 'Yes', 'Int', 'Long', 'Double', 'Text', 'Nested'
        $first.PSObject.TypeNames | Should -Be 'System.Management.Automation.PSCustomObject', 'System.Object'
        $null -eq $first.Nothing | Should -BeTrue
        $first.No, $first.Yes | Should -Be $false, $true
        $first.Int | Should -BeOfType ([int])
        $first.Long | Should -Be ([long]::MinValue)
        $first.Double | Should -Be 0.5
        $first.Text | Should -BeExactly "Zo$([char] 0xEB)"
        $first.Nested[0] | Should -Be 7
        $second.Id | Should -BeExactly ''
        @($batch.errors).Count | Should -Be 0
    }

    It 'that ends early is refused, wherever it ends' {
        $block = New-Block
        for ($length = 0; $length -lt $block.Length; $length++) {
            $cut = [byte[]]::new($length)
            [System.Array]::Copy($block, $cut, $length)
            { Read-Block $cut } | Should -Throw -ExpectedMessage 'the library gave rows*' -Because "only $length bytes are there"
        }
    }

    It 'with another byte in any place is read, or refused in words' {
        $block = New-Block
        $refused = 0
        foreach ($other in 0, 1, 127, 128, 255) {
            for ($place = 0; $place -lt $block.Length; $place++) {
                $altered = [byte[]] $block.Clone()
                $altered[$place] = $other
                try { $null = Read-Block $altered } catch {
                    $_.Exception.Message | Should -BeLike 'the library gave rows*'
                    $refused++
                }
            }
        }
        $refused | Should -BeGreaterThan $block.Length
    }

    It 'may have its rows in the document, and none behind it' {
        $stream = [System.IO.MemoryStream]::new()
        $writer = [System.IO.BinaryWriter]::new($stream)
        $writer.Write([byte] 1)
        $writer.Write('<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><MS><Obj N="rows" RefId="1"><LST><Obj RefId="2"><MS><S N="Id">x</S></MS></Obj></LST></Obj><Obj N="errors" RefId="3"><LST></LST></Obj></MS></Obj></Objs>')
        $writer.Write([int] 0)
        $block = $stream.ToArray()
        $batch = Read-Block $block
        $batch.rows.Count | Should -Be 1
        $batch.rows[0].Id | Should -BeExactly 'x'
        for ($length = 0; $length -lt $block.Length; $length++) {
            $cut = [byte[]]::new($length)
            [System.Array]::Copy($block, $cut, $length)
            { Read-Block $cut } | Should -Throw -ExpectedMessage 'the library gave rows*' -Because "only $length bytes are there"
        }
        { Read-Block ([byte[]] ($block + @(0))) } | Should -Throw -ExpectedMessage '*not whole*'
    }

    It 'of a layout that this module does not know names both' {
        { Read-Block ([byte[]] @(2, 0, 0, 0, 0, 0)) } | Should -Throw -ExpectedMessage "*in layout '2', and this module reads layout 1; install module and library of the same release*"
    }
}

Describe 'The first rows of a process' {
    BeforeAll {
        $app = Initialize-TestApp
        Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password -Name rows
        # So many rows come as documents, as if nothing had been compiled.
        function Get-Report {
            param([int] $InDocuments)
            & (Get-Module ExRun) {
                param($Count)
                Import-PrivateFunction
                $script:RowsBeforeReader = $Count
                $script:RowReader = $null
                [System.AppDomain]::CurrentDomain.SetData($script:RowReaderName, $null)
            } $InDocuments
            @(Get-TestMailbox | Get-MailboxSettingsReport -Connection rows -ErrorAction SilentlyContinue)
        }
    }

    AfterAll {
        & (Get-Module ExRun) { $script:RowsBeforeReader = 2048 }
        Disconnect-ExRun -Name rows
    }

    It 'are the same objects whether the engine reads them or what is compiled, and where the one follows the other' {
        $compiled = Get-Report 0
        $isMade = { & (Get-Module ExRun) { $null -ne [System.AppDomain]::CurrentDomain.GetData($script:RowReaderName) } }
        & $isMade | Should -BeTrue
        $read = Get-Report 100000
        & $isMade | Should -BeFalse -Because 'a short run does not pay for what it does not need'
        $both = Get-Report 1
        & $isMade | Should -BeTrue
        $compiled.Count | Should -BeGreaterThan 1
        foreach ($rows in $read, $both) {
            ConvertTo-Json -InputObject $rows -Depth 5 | Should -BeExactly (ConvertTo-Json -InputObject $compiled -Depth 5)
            $rows[0].PSObject.TypeNames | Should -Be $compiled[0].PSObject.TypeNames
        }
    }

    It 'come as blocks where a list is so long that they will have to be read by what is compiled' {
        [void] (Get-Report 4)
        & (Get-Module ExRun) {
            $script:RowReader = $null
            [System.AppDomain]::CurrentDomain.SetData($script:RowReaderName, $null)
            Get-DocumentRowCount -Mailboxes @(1..9)
            Get-DocumentRowCount -Mailboxes @(1..8)
            Get-DocumentRowCount -Mailboxes ('a' * 9)
            Get-DocumentRowCount -Mailboxes $null
        } | Should -Be 0, 4, 4, 4
    }
}
