function Read-RowBlock {
    <#
    .SYNOPSIS
        What a block of the library holds: its rows, and the errors that belong among them.
    .DESCRIPTION
        docs/abi.md has the layout ("The block"). Nested values and errors are a CLIXML document before the rows.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [byte[]] $Block)

    $version = if ($Block.Length -gt 0) { $Block[0] }
    if ($version -ne 1) {
        throw (New-ExRunException -Name 'LibraryVersion' -Message (
            "the library gave rows in layout '{0}', and this module reads layout 1; install module and library of the same release, and start a new session" -f $version))
    }
    try {
        $reader = [System.IO.BinaryReader]::new([System.IO.MemoryStream]::new($Block))
        [void] $reader.ReadByte()
        $document = $reader.ReadString()
        $nested = $null
        $inDocument = $null
        $errors = @()
        if ($document -ne '') {
            $content = [System.Management.Automation.PSSerializer]::Deserialize($document)
            $errors = $content.errors
            $nested = $content.PSObject.Properties['nested']
            $inDocument = $content.PSObject.Properties['rows']
        }
        if ($null -eq $nested) { $values = [System.Collections.ArrayList]::new() } else { $values = $nested.Value.PSObject.BaseObject }
        $further = 0
        if ($null -eq $inDocument) {
            $rows = (Get-RowReader).Invoke($reader, $values)
        } else {
            $rows = $inDocument.Value
            $further = $reader.ReadInt32()
        }
        if ($further -ne 0 -or $reader.BaseStream.Position -ne $Block.Length) {
            throw [System.IO.InvalidDataException]::new('the block of rows is not whole')
        }
        return @{ rows = $rows; errors = $errors }
    } catch {
        # Never so with a library of this release.
        $cause = $_.Exception.GetBaseException().Message
        throw (New-ExRunException -Name 'Internal' -Message "the library gave rows that cannot be read: $cause; please report it")
    }
}
