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
        $length = [System.BitConverter]::ToInt32($Block, 1)
        $nested = $null
        $errors = @()
        if ($length -ne 0) {
            $document = [System.Management.Automation.PSSerializer]::Deserialize([System.Text.Encoding]::UTF8.GetString($Block, 5, $length))
            $errors = $document.errors
            $nested = $document.PSObject.Properties['nested']
            $inDocument = $document.PSObject.Properties['rows']
            if ($null -ne $inDocument) {
                if ($Block.Length -ne 9 + $length -or [System.BitConverter]::ToInt32($Block, 5 + $length) -ne 0) {
                    throw [System.IO.InvalidDataException]::new('the block of rows is not whole')
                }
                return @{ rows = $inDocument.Value; errors = $errors }
            }
        }
        if ($null -eq $nested) { $values = [System.Collections.ArrayList]::new() } else { $values = $nested.Value.PSObject.BaseObject }
        return @{ rows = (Get-RowReader).Invoke($Block, 5 + $length, $values); errors = $errors }
    } catch {
        # Never so with a library of this release.
        $cause = $_.Exception.GetBaseException().Message
        throw (New-ExRunException -Name 'Internal' -Message "the library gave rows that cannot be read: $cause; please report it")
    }
}
